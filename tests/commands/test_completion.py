"""`routeguide completion`, in the shell that it is for."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from support.commands import ROUTEGUIDE, run
from support.serving import WATCHDOG_S

pytest.importorskip("shtab", reason="the extra [cli] is not installed")

# Has a shell complete the last of its arguments, and prints what it would offer, one a line.
COMPLETE = {
    "bash": """\
eval "$("$0" completion bash)"
compopt() { :; }
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_shtab_routeguide
printf '%s\\n' "${COMPREPLY[@]}"
""",
    "fish": """\
$argv[1] completion fish | source
complete -C "$argv[2..]"
""",
}


@pytest.fixture(params=COMPLETE)
def shell(request: pytest.FixtureRequest) -> str:
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    return str(request.param)


def offered(shell: str, folder: Path, line: str) -> list[str]:
    """What a shell offers for the last word of a line, in order; nothing at all is a word, too."""
    done = subprocess.run(
        [shell, "-c", COMPLETE[shell], ROUTEGUIDE, *line.split(" ")],
        env=os.environ | {"HOME": str(folder)},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=WATCHDOG_S,
        check=True,
    )
    assert done.stderr == ""
    words = [line.partition("\t")[0] for line in done.stdout.splitlines()]  # fish says more of each
    return sorted(filter(None, words))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("places.rgx", "plan.gpx", "other"):
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize(
    "line",
    [
        "nearest pla",
        "info pla",
        "map pla",
        "import pla",
        "import a.csv pla",
        "import a.csv -o pla",
        "import a.csv --rejects pla",
        "export pla",
        "along places.rgx pla",
        "record places.rgx pla",
        "map --route pla",
        "map --png pla",
        "map -o pla",
        "serve --db pla",
        "serve --config pla",
        "serve --tls-cert pla",
        "search --tls-ca pla",
        "search --token-file pla",
    ],
)
def test_names_of_files_are_offered(shell: str, folder: Path, line: str) -> None:
    assert offered(shell, folder, f"routeguide {line}") == ["places.rgx", "plan.gpx"]


@pytest.mark.parametrize(
    ("line", "choices"),
    [
        ("ne", ["nearest"]),
        ("serve --chat s", ["stream", "shared"]),
        ("serve --log-level ", ["debug", "info", "warning", "error"]),
        ("serve --log-format p", ["plain"]),
        ("import --units ", ["degrees", "e7"]),
        ("nearest places.rgx --format t", ["table"]),
        ("nearest places.rgx --max-", ["--max-distance"]),
        ("chat pla", []),  # the address of a server, never a file
        ("import --source pla", []),
    ],
)
def test_choices_are_offered(shell: str, folder: Path, line: str, choices: list[str]) -> None:
    assert offered(shell, folder, f"routeguide {line}") == sorted(choices)


def test_zsh_is_told_which_arguments_are_files(tmp_path: Path) -> None:
    told = run("completion", "zsh").stdout
    for option in ("--db", "--config", "--rejects", "--png", "--route", "--tls-cert", "--output"):
        lines = [line for line in told.splitlines() if re.search(rf"{option}}}?\"?\[", line)]
        assert lines, option
        assert all(line.endswith(':_files"') for line in lines), option
    assert '":a snapshot (or JSON file) of features, or HOST\\:PORT of a server:_files"' in told
    assert "(stream shared)" in told
    assert '"*:a file, also .gz, or - for standard input:_files"' in told
    if zsh := shutil.which("zsh"):
        script = tmp_path / "_routeguide"
        script.write_text(told, encoding="utf-8")
        subprocess.run([zsh, "-n", script], check=True, timeout=WATCHDOG_S)


@pytest.mark.skipif(shutil.which("tcsh") is None, reason="tcsh is not installed")
def test_tcsh_takes_its_rules(tmp_path: Path) -> None:
    script = tmp_path / "routeguide.tcsh"
    script.write_text(run("completion", "tcsh").stdout, encoding="utf-8")
    line = f"source {shlex.quote(str(script))}; complete routeguide"
    done = subprocess.run(
        ["tcsh", "-f", "-c", line],
        capture_output=True,
        text=True,
        timeout=WATCHDOG_S,
        check=True,
    )
    assert done.stderr == ""
    for rule in ("'n/--db/f/'", "'n/info/f/'", "'n/--chat/(stream shared)/'"):
        assert rule in done.stdout
