"""What several test modules start from."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from support.commands import Command
from support.serve_processes import Client
from support.serving import KINDS, LoopThread

# Jobs in the background of a shell do not know Ctrl-C, nor do the commands that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


# Those that run the documents' commands word for word, at one port.
AT_THE_DOCUMENTED_PORT = ("test_readme", "test_tutorial")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where tests are run by several processes: a file by one, a port by one."""
    if not config.pluginmanager.hasplugin("xdist"):
        return
    for item in items:
        name = item.path.stem
        group = "documented port" if name in AT_THE_DOCUMENTED_PORT else name
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def loop_thread() -> Iterator[LoopThread]:
    thread = LoopThread()
    yield thread
    thread.close()


@pytest.fixture(scope="session", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Every test that asks for it runs once for each kind of server."""
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
