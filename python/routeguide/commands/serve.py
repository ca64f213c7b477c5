"""`routeguide serve`: serve features until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import os
import signal

from routeguide.commands.command_error import CommandError, wrong_usage
from routeguide.common import cli
from routeguide.serving.settings import Settings, SettingsError, add_arguments, as_toml, gather

__all__ = ["add_arguments", "run"]


def run(options: argparse.Namespace) -> int:
    with wrong_usage(SettingsError):
        settings, sources = gather(vars(options), os.environ)
    if options.print_config:
        print(as_toml(settings, sources), end="")
    else:
        _serve(settings)
    return 0


def _serve(settings: Settings) -> None:
    # Blocked until the server handles it: before that it would end the process.
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGHUP,))
    # Imported here since they take long, which an error in the settings need not wait for.
    from routeguide.domain.dataset import DatasetError
    from routeguide.rpc.listening import AddressError
    from routeguide.serving.observing import logs
    from routeguide.serving.workers.supervisor import WorkerError, supervise

    logs.configure(settings.log_format, settings.log_level)
    try:
        with wrong_usage(DatasetError):
            if settings.workers > 1:
                supervise(settings)
            else:
                from routeguide.serving.server import ServiceError, run_alone  # imports grpc.aio

                with wrong_usage(ServiceError):
                    run_alone(settings)
    except WorkerError as error:
        status = cli.WRONG_USAGE if error.is_bad_file else cli.FAILURE
        raise CommandError(str(error), status) from error
    except AddressError as error:
        raise CommandError(str(error)) from error
    finally:
        logs.flush()
