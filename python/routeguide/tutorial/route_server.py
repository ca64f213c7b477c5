"""The RouteGuide server: its options, and its life from start to stop."""

import argparse
import asyncio
import logging
import signal
from concurrent import futures
from dataclasses import dataclass
from pathlib import Path

import grpc
import grpc.aio

from routeguide.common import cli
from routeguide.domain import database
from routeguide.rpc.listening import NO_SHARED_PORT, AddressError, listen
from routeguide.rpc.registration import add_route_guide
from routeguide.tutorial import aio_route_guide_servicer, route_guide_servicer
from routeguide.tutorial.aio_tasks import wait_for_other_tasks
from routeguide_c import FeatureIndex

LOG = logging.getLogger("routeguide")

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


@dataclass(frozen=True)
class Options:
    """Options of a server. `database` is a file, or None for the features of the package."""

    address: str = "[::]:50051"
    database: Path | None = None
    max_workers: int = 10
    use_asyncio: bool = False
    grace_s: float = 5.0


def create_server(index: FeatureIndex, workers: futures.ThreadPoolExecutor) -> grpc.Server:
    """Create a threaded server of RouteGuide over `index`, without an address and not started.

    Each running call or open stream takes one of `workers`, which the caller shuts down.
    """
    server = grpc.server(workers, options=NO_SHARED_PORT)
    add_route_guide(route_guide_servicer.RouteGuideServicer(index), server)
    return server


def create_aio_server(index: FeatureIndex) -> grpc.aio.Server:
    """Create an asyncio server of RouteGuide, in the running event loop."""
    server = grpc.aio.server(options=NO_SHARED_PORT)
    add_route_guide(aio_route_guide_servicer.RouteGuideServicer(index), server)
    return server


def serve(options: Options, index: FeatureIndex) -> None:
    """Serve from a thread pool until a stop signal, then let running calls end.

    Call it in the main thread. Raises AddressError if the server cannot listen on the address.
    """
    # Before any thread starts, so that all threads block the signals and `sigwait` gets them.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    workers = futures.ThreadPoolExecutor(options.max_workers)
    server = create_server(index, workers)
    address = listen(server, options.address)
    server.start()
    LOG.info("Server listening on %s", address)
    signal.sigwait(STOP_SIGNALS)
    _log_stopping(options)
    _let_next_signal_kill()
    server.stop(options.grace_s).wait()
    workers.shutdown()  # a cancelled handler may still be using the index


async def serve_asyncio(options: Options, index: FeatureIndex) -> None:
    """Serve from one event loop, otherwise as `serve` does."""
    stop = asyncio.Event()
    for stop_signal in STOP_SIGNALS:
        asyncio.get_running_loop().add_signal_handler(stop_signal, stop.set)
    server = create_aio_server(index)
    address = listen(server, options.address)
    await server.start()
    LOG.info("Server listening on %s", address)
    await stop.wait()
    _log_stopping(options)
    for stop_signal in STOP_SIGNALS:
        asyncio.get_running_loop().remove_signal_handler(stop_signal)
    _let_next_signal_kill()
    await server.stop(options.grace_s)
    await wait_for_other_tasks()


def _log_stopping(options: Options) -> None:
    LOG.info(
        "Stopping; running calls have up to %g s to end, another signal ends them at once",
        options.grace_s,
    )


def _let_next_signal_kill() -> None:
    """Make a second stop signal end the process without waiting for running calls."""
    for stop_signal in STOP_SIGNALS:
        signal.signal(stop_signal, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)


def main(arguments: list[str] | None = None) -> int:
    """Run the command `route_server.py`; returns its exit status."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    options = Options(chosen.address, chosen.db, chosen.max_workers, chosen.asyncio, chosen.grace)
    logging.basicConfig(format="%(message)s")
    LOG.setLevel(logging.INFO)
    try:
        index = database.load(options.database) if options.database else database.load_packaged()
        if options.use_asyncio:
            asyncio.run(serve_asyncio(options, index))
        else:
            serve(options, index)
    except database.DatabaseError as error:
        parser.exit(cli.WRONG_USAGE, f"{parser.prog}: {error}\n")
    except AddressError as error:
        parser.exit(cli.FAILURE, f"{parser.prog}: {error}\n")
    except KeyboardInterrupt:  # before the server started
        return cli.INTERRUPTED
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Serve RouteGuide until SIGTERM or Ctrl-C; then let running calls end."
        " A second signal ends the server immediately."
    )
    defaults = Options()
    parser.add_argument(
        "--address",
        type=cli.listen_address,
        default=defaults.address,
        help="HOST:PORT to listen on, port 0 for any that is free (default: %(default)s)",
    )
    parser.add_argument(
        "--db",
        type=Path,
        metavar="FILE",
        help="JSON file of features to serve (default: the 100 features of the package)",
    )
    parser.add_argument(
        "--max-workers",
        type=cli.positive_count,
        default=defaults.max_workers,
        metavar="COUNT",
        help="threads, each for one call or stream at a time; not used with --asyncio"
        " (default: %(default)s)",
    )
    parser.add_argument(
        "--asyncio", action="store_true", help="serve from one event loop instead of threads"
    )
    parser.add_argument(
        "--grace",
        type=cli.seconds,
        default=defaults.grace_s,
        metavar="SECONDS",
        help="how long running calls may take to end after a stop signal (default: %(default)s)",
    )
    return parser
