"""Fixtures and the order of tests that all test modules share."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from support.commands import Command
from support.serve_processes import Client
from support.serving import KINDS, LoopThread

# A shell starts background jobs with SIGINT ignored, and child processes would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


# Files that run documented commands unchanged, and so need the documented port.
USE_THE_DOCUMENTED_PORT = ("test_readme", "test_tutorial")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give each file to one of xdist's processes, and the documented port to one at a time.

    Long files come first, so that both processes end with short ones: those that start servers in
    processes of their own.
    """
    if not config.pluginmanager.hasplugin("xdist"):
        return
    items.sort(key=lambda item: item.path.parent.name != "serving")
    for item in items:
        name = item.path.stem
        group = "documented port" if name in USE_THE_DOCUMENTED_PORT else name
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def loop_thread() -> Iterator[LoopThread]:
    thread = LoopThread()
    yield thread
    thread.close()


@pytest.fixture(scope="session", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Run a test that requests it once for each kind of server."""
    return str(request.param)


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs commands in this process."""
    return Command(capsys)


@pytest.fixture(scope="module", params=[[], ["--workers", "2"]], ids=["alone", "workers"])
def options(request: pytest.FixtureRequest) -> list[str]:
    """Every test that asks for it runs once with a single process and once with two workers."""
    return list(request.param)


@pytest.fixture(scope="session")
def clients() -> Iterator[list[Client]]:
    """Two processes that put servers under load, one after the other."""
    with ExitStack() as stack:
        yield [stack.enter_context(Client()) for _ in range(2)]
