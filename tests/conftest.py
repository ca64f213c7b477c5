"""What several test modules start from."""

from collections.abc import Iterator

import pytest
from serving import KINDS, LoopThread


@pytest.fixture(scope="session")
def loop_thread() -> Iterator[LoopThread]:
    thread = LoopThread()
    yield thread
    thread.close()


@pytest.fixture(scope="session", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Every test that asks for it runs once for each kind of server."""
    return str(request.param)
