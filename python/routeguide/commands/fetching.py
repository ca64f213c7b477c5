"""All features of a server, in an index here: what draws and counts a file does so of a server."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING

from routeguide.commands.command_error import CommandError
from routeguide.commands.progress import Progress
from routeguide.domain.earth import LAT_LIMIT_E7, LON_LIMIT_E7
from routeguide_c import FeatureIndex, FeatureIndexBuilder

if TYPE_CHECKING:
    from routeguide.client.client import Client
    from routeguide.client.dataset_info import DatasetInfo

_EARTH = (-LAT_LIMIT_E7, -LON_LIMIT_E7, LAT_LIMIT_E7, LON_LIMIT_E7)
_AT_A_TIME = 5_000  # features, the most that a server puts into a page if nobody told it otherwise


def features_of(client: Client, served: DatasetInfo, address: str) -> FeatureIndex:
    """The features of what a server has said that it serves, in its order: the index that it has.

    They come as columns, a page at a time, and are kept in the index alone. `address` is what the
    progress bar is called. Raises CallError, and CommandError where the server serves something
    else by now: then what was asked of it since it said `served` may be of the one or the other.
    """
    builder = FeatureIndexBuilder()
    found = client.search(*_EARTH, page_size=_AT_A_TIME)
    with Progress(unit=" features") as progress:
        while some := list(islice(found, _AT_A_TIME)):
            names, latitudes, longitudes = zip(*some, strict=True)
            builder.extend_names(latitudes, longitudes, names)
            count = len(builder)
            progress.update(address, count, served.count, f"{count:,} features")
    if client.dataset().generation != served.generation:
        raise _is_other(address)
    return builder.build()


def ids_of(index: FeatureIndex, points: Iterable[tuple[int, int]], address: str) -> list[int]:
    """Which features of the index they are that a server has answered at these points.

    Features at one point are told apart by their order, which is that of the database in every
    answer. Raises CommandError for one that the index does not have.
    """
    left: dict[tuple[int, int], list[int]] = {}
    ids = []
    for point in points:
        if point not in left:
            left[point] = index.query(*point, *point).tolist()[::-1]
        if not left[point]:
            raise _is_other(address)
        ids.append(left[point].pop())
    return ids


def _is_other(address: str) -> CommandError:
    return CommandError(f"{address}: its features were replaced while they were read; try again")
