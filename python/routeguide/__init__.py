"""RouteGuide, served from a C index.

    with routeguide.Client("localhost:50051") as client:
        for feature, distance_m in client.degrees.nearest(48.2, 16.37, k=3):
            print(feature.name, distance_m)

`routeguide.Client` is the typed client and `routeguide.aio.Client` the one for asyncio. Failed
calls raise CallError; the other names below are the types of answers. All are imported when they
are first used, so importing the package loads nothing. Its other parts are imported by name
(`routeguide.tutorial.route_server`, `routeguide.domain.database`, ...).
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from routeguide import aio as aio
    from routeguide.client.client import Client as Client
    from routeguide.client.dataset_info import DatasetInfo as DatasetInfo
    from routeguide.client.features import Bounds as Bounds
    from routeguide.client.features import Feature as Feature
    from routeguide.client.features import NearbyFeature as NearbyFeature
    from routeguide.client.features import Note as Note
    from routeguide.client.features import RouteFeature as RouteFeature
    from routeguide.client.features import RouteSummary as RouteSummary
    from routeguide.rpc.call_error import CallError as CallError

__version__ = "0.2.0"

_MODULE_OF = {
    "Client": "routeguide.client.client",
    "CallError": "routeguide.rpc.call_error",
    "DatasetInfo": "routeguide.client.dataset_info",
    **dict.fromkeys(
        ("Bounds", "Feature", "NearbyFeature", "Note", "RouteFeature", "RouteSummary"),
        "routeguide.client.features",
    ),
}


def __getattr__(name: str) -> object:
    if name == "aio":
        return importlib.import_module("routeguide.aio")
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(_MODULE_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULE_OF, "aio"})
