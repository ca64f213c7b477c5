"""The message for a missing package, and that it names an existing extra."""

import importlib.util
import re
from pathlib import Path

import pytest
import routeguide
from routeguide.common import extras

PACKAGE = Path(routeguide.__file__).parent
PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


def test_the_message() -> None:
    message = "a map needs MapLibre: run `pip install 'routeguide[map]'`"
    assert extras.missing("a map", "MapLibre", "map") == message


def test_the_message_is_written_once() -> None:
    wording = re.compile(r"pip install '?routeguide")
    sources = {
        path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8")
        for path in PACKAGE.rglob("*.py")
    }
    assert [name for name, text in sources.items() if wording.search(text)] == ["common/extras.py"]


def test_messages_name_extras_of_the_package() -> None:
    if importlib.util.find_spec("tomllib") is None:
        pytest.skip("needs a reader of TOML: Python 3.11")
    import tomllib

    declared = tomllib.loads(PYPROJECT.read_text())["project"]["optional-dependencies"]
    named = {
        extra
        for path in PACKAGE.rglob("*.py")
        for extra in re.findall(r'extras\.missing\([^)]*, "(\w+)"\)', path.read_text("utf-8"))
    }
    assert {"cli", "map", "metrics", "server"} <= named <= declared.keys()
