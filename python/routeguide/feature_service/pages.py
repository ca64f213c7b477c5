"""Cutting the answer to a query into pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator

# Receivers refuse messages over 4 MiB if nobody told them otherwise.
PAGE_BYTES = 1 << 20

# Encodes the features from one position of an answer to another, or says how long they would be,
# without what an answer tells beside each.
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
    """The pages with the features from `first` to `count` of an answer, each made when asked for.

    `end_of_page` gives what follows the features of a page that is not the last, by the position
    behind them: protocol buffers may be written one after the other. Pages have `page_size`
    features, or as many fewer as it takes to stay under PAGE_BYTES, but at least one. `returned` is
    told how many features each of them has.
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
