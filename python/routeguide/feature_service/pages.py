"""Cut the answer to a query into pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator

# By default receivers refuse messages over 4 MiB.
PAGE_BYTES = 1 << 20

# Both take the first and the last position, exclusive, of some features in an answer. Encode makes
# the message; Measure returns its size in bytes without distances and sides.
Encode = Callable[[int, int], bytes]
Measure = Callable[[int, int], int]


def cut(
    encode: Encode,
    measure: Measure,
    first: int,
    count: int,
    page_size: int,
    end_of_page: Callable[[int], bytes],
    returned: Callable[[int], object],
) -> Iterator[bytes]:
    """Yield the pages with the features from `first` to `count`, each made when it is needed.

    A page has `page_size` features, or fewer to stay under PAGE_BYTES, but at least one.
    `end_of_page` makes the end of every page except the last, from the position after its
    features; encoded messages may be concatenated. `returned` is called with the number of features
    of each page.
    """
    while first < count:
        stop = min(first + page_size, count)
        while stop - first > 1 and measure(first, stop) > PAGE_BYTES:
            stop = first + (stop - first) // 2
        page = encode(first, stop)
        while len(page) > PAGE_BYTES and stop - first > 1:
            stop = first + (stop - first) // 2
            page = encode(first, stop)
        returned(stop - first)
        yield page if stop == count else page + end_of_page(stop)
        first = stop
