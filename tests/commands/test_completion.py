"""`routeguide completion`, in the shells that it is for."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from support.commands import Command, run

pytest.importorskip("shtab", reason="the extra [cli] is not installed")

# Each reads the script in the first argument and completes the last word of every other one. It
# prints an empty line, then what it offers, one on each line.
COMPLETE = {
    "bash": """\
source "$0"
compopt() { :; }
for line in "$@"; do
    COMP_WORDS=($line)
    [[ $line == *" " ]] && COMP_WORDS+=("")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    COMPREPLY=()
    _shtab_routeguide
    printf '\\n'
    ((${#COMPREPLY[@]})) && printf '%s\\n' "${COMPREPLY[@]}"
done
true
""",
    "fish": """\
source $argv[1]
for line in $argv[2..]
    echo
    complete -C $line
end
""",
}

FILES = ["places.rgx", "plan.gpx"]
OFFERED = {
    **dict.fromkeys(
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
        FILES,
    ),
    "ne": ["nearest"],
    "serve --chat s": ["stream", "shared"],
    "serve --log-level ": ["debug", "info", "warning", "error"],
    "serve --log-format p": ["plain"],
    "import --units ": ["degrees", "e7"],
    "nearest places.rgx --format t": ["table"],
    "nearest places.rgx --max-": ["--max-distance"],
    "chat pla": [],  # the address of a server, never a file
    "import --source pla": [],
}


@pytest.mark.parametrize("shell", COMPLETE)
def test_files_and_choices_are_offered(shell: str, tmp_path: Path, command: Command) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    script = tmp_path / "completion"
    script.write_text(command.printed("completion", shell), encoding="utf-8")
    for name in (*FILES, "other"):
        (tmp_path / name).touch()
    lines = [f"routeguide {line}" for line in OFFERED]
    program = [shell, "-c", COMPLETE[shell], script]
    done = run(*lines, program=program, cwd=tmp_path, variables={"HOME": str(tmp_path)})
    assert (done.returncode, done.stderr) == (0, "")
    offered: list[list[str]] = []
    for line in done.stdout.splitlines():
        if not line:
            offered.append([])
        else:
            offered[-1].append(line.partition("\t")[0])  # fish describes each after a tab
    wanted = {line: sorted(words) for line, words in OFFERED.items()}
    assert dict(zip(OFFERED, map(sorted, offered), strict=True)) == wanted


def test_zsh_knows_which_arguments_are_files(tmp_path: Path, command: Command) -> None:
    text = command.printed("completion", "zsh")
    for option in ("--db", "--config", "--rejects", "--png", "--route", "--tls-cert", "--output"):
        lines = [line for line in text.splitlines() if re.search(rf"{option}}}?\"?\[", line)]
        assert lines, option
        assert all(line.endswith(':_files"') for line in lines), option
    assert '":a snapshot (or JSON file) of features, or HOST\\:PORT of a server:_files"' in text
    assert "(stream shared)" in text
    assert '"*:a file, also .gz, or - for standard input:_files"' in text
    if zsh := shutil.which("zsh"):
        script = tmp_path / "_routeguide"
        script.write_text(text, encoding="utf-8")
        assert run("-n", script, program=[zsh]).returncode == 0


@pytest.mark.skipif(shutil.which("tcsh") is None, reason="tcsh is not installed")
def test_tcsh_accepts_its_rules(tmp_path: Path, command: Command) -> None:
    script = tmp_path / "routeguide.tcsh"
    script.write_text(command.printed("completion", "tcsh"), encoding="utf-8")
    line = f"source {shlex.quote(str(script))}; complete routeguide"
    done = run("-f", "-c", line, program=["tcsh"])
    assert (done.returncode, done.stderr) == (0, "")
    for rule in ("'n/--db/f/'", "'n/info/f/'", "'n/--chat/(stream shared)/'"):
        assert rule in done.stdout
