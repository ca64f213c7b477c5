"""How long the typed clients wait, what of theirs is tried again, and how much they take."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

from routeguide.rpc.channels import Option

_RETRY = {
    "maxAttempts": 4,
    "initialBackoff": "0.1s",
    "maxBackoff": "1s",
    "backoffMultiplier": 2,
    "retryableStatusCodes": ["UNAVAILABLE"],
}

# What reads is tried again. RecordRoute and RouteChat are not: a part of what was sent may have
# had its effect already.
_SERVICE_CONFIG = {
    "methodConfig": [
        {
            "name": [
                {"service": "routeguide.v1.FeatureService"},
                {"service": "routeguide.RouteGuide", "method": "GetFeature"},
                {"service": "routeguide.RouteGuide", "method": "ListFeatures"},
            ],
            "retryPolicy": _RETRY,
        }
    ]
}

# gRPC's own limit, 4 MiB, is less than the nearest 10,000 features with names of 400 bytes, or one
# with the longest name, which has 16 MiB.
LARGEST_ANSWER_BYTES = 64 << 20

OPTIONS: tuple[Option, ...] = (
    ("grpc.service_config", json.dumps(_SERVICE_CONFIG)),
    ("grpc.max_receive_message_length", LARGEST_ANSWER_BYTES),
)


def checked_timeout(timeout_s: float | None) -> float | None:
    """The same. Raises ValueError for what leaves no time."""
    if timeout_s is not None and not (0 < timeout_s < math.inf):
        raise ValueError(f"timeout_s: expected seconds over 0, or None for no end, not {timeout_s}")
    return timeout_s


def with_defaults(defaults: Sequence[Option], options: Sequence[Option]) -> list[Option]:
    """The options given, and those of the defaults that they say nothing about."""
    given = {name for name, _ in options}
    return [*(option for option in defaults if option[0] not in given), *options]
