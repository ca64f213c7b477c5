"""All features of a server, fetched into an index, so that they can be drawn and counted here."""

from __future__ import annotations

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
_PAGE_SIZE = 5_000  # features; the largest page of a server with default settings


def features_of(client: Client, served: DatasetInfo, address: str) -> FeatureIndex:
    """Fetch the features of a server page by page, in the server's order, with a progress bar.

    `served` is what the server said of them before. Raises CallError, and CommandError if the
    server has replaced them since then.
    """
    builder = FeatureIndexBuilder()
    found = client.search(*_EARTH, page_size=_PAGE_SIZE)
    with Progress(unit=" features") as progress:
        while page := list(islice(found, _PAGE_SIZE)):
            names, lats_e7, lons_e7 = zip(*page, strict=True)
            builder.extend_names(lats_e7, lons_e7, names)
            count = len(builder)
            progress.update(address, count, served.count, f"{count:,} features")
    if client.dataset().generation != served.generation:
        text = "its features were replaced while they were read; try again"
        raise CommandError(f"{address}: {text}")
    return builder.build()
