"""Timeouts, retries and sizes of the typed clients."""

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

# Calls that read are retried. RecordRoute and RouteChat are not: what was sent before the failure
# may have had its effect.
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

# gRPC's default, 4 MiB, is too small for the nearest 10,000 features with names of 400 bytes, and
# for one feature with the longest name, 16 MiB.
LARGEST_ANSWER_BYTES = 64 << 20

OPTIONS: tuple[Option, ...] = (
    ("grpc.service_config", json.dumps(_SERVICE_CONFIG)),
    ("grpc.max_receive_message_length", LARGEST_ANSWER_BYTES),
)


def checked_timeout(timeout_s: float | None) -> float | None:
    """Return `timeout_s`. Raises ValueError unless it is positive and finite, or None."""
    if timeout_s is not None and not (0 < timeout_s < math.inf):
        raise ValueError(
            f"timeout_s: expected seconds over 0, or None for no limit, not {timeout_s}"
        )
    return timeout_s


def with_defaults(defaults: Sequence[Option], options: Sequence[Option]) -> list[Option]:
    """Return `options`, and those of `defaults` whose names they do not have."""
    given = {name for name, _ in options}
    return [*(option for option in defaults if option[0] not in given), *options]
