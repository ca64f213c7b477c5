"""The command `routeguide` run in this process, which is faster than starting one."""

import io
import os
import subprocess
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from routeguide.commands.main import main


def run(*arguments: str | Path, cwd: str | Path = "/") -> "subprocess.CompletedProcess[str]":
    """Run a command to its end in the folder `cwd`, its output not a terminal."""
    out, err = io.StringIO(), io.StringIO()
    before = Path.cwd()
    os.chdir(cwd)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            status = main([os.fspath(argument) for argument in arguments])
    except SystemExit as ended:
        status = int(ended.code or 0)
    finally:
        os.chdir(before)
    return subprocess.CompletedProcess(arguments, status, out.getvalue(), err.getvalue())
