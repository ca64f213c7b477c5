"""What several test modules start from."""

import signal
from collections.abc import Iterator

import pytest
from serving import KINDS, LoopThread

# Jobs in the background of a shell do not know Ctrl-C, nor do the commands that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def loop_thread() -> Iterator[LoopThread]:
    thread = LoopThread()
    yield thread
    thread.close()


@pytest.fixture(scope="session", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Every test that asks for it runs once for each kind of server."""
    return str(request.param)
