"""The stub agrees with the extension."""

import ast
import inspect
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import routeguide_c
from routeguide_c import _core, answers

SRC = Path(__file__).parents[2] / "src"
STUB = ast.parse((SRC / "routeguide_c/_core.pyi").read_text(encoding="utf-8"))

# Since 3.12 Python shows the buffer protocol of a C type as a method.
NOT_EVERYWHERE = "routeguide_c._core.Vector.__buffer__\n"


def public_definitions() -> list[tuple[str, ast.ClassDef | ast.FunctionDef]]:
    """Return the classes, functions and methods of the stub by their names."""
    found: list[tuple[str, ast.ClassDef | ast.FunctionDef]] = []
    for node in STUB.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found.append((node.name, node))
        if isinstance(node, ast.ClassDef):
            methods = [each for each in node.body if isinstance(each, ast.FunctionDef)]
            found += [(f"{node.name}.{each.name}", each) for each in methods]
    return [(name, node) for name, node in found if "__" not in name and name[0] != "_"]


DEFINITIONS = public_definitions()

definitions = pytest.mark.parametrize(
    ("name", "node"), DEFINITIONS, ids=[name for name, _ in DEFINITIONS]
)


def at_run_time(name: str) -> Any:
    found: Any = _core
    for part in name.split("."):
        found = getattr(found, part)
    return found


def test_stubtest_agrees(tmp_path: Path) -> None:
    """Compare names, parameters and types with mypy."""
    allowed = tmp_path / "allowed"
    allowed.write_text(NOT_EVERYWHERE)
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "mypy.stubtest", "routeguide_c._core"),
            *("--allowlist", str(allowed), "--ignore-unused-allowlist"),
        ],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": str(SRC)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout


INTERNAL = {"count_byte"}  # for this project alone


def test_the_package_exports_the_whole_stub() -> None:
    names = {name for name, _ in DEFINITIONS if "." not in name}
    tuples = {name for name, value in vars(answers).items() if hasattr(value, "_fields")}
    assert set(routeguide_c.__all__) == names - INTERNAL | tuples
    assert {name for name in vars(_core) if not name.startswith("_")} == names


@definitions
def test_help_equals_the_stub(name: str, node: ast.ClassDef | ast.FunctionDef) -> None:
    """The build generates the texts; a table of methods could still name a wrong one."""
    said = ast.get_docstring(node)
    assert said
    assert inspect.getdoc(at_run_time(name)) == said


def signatures() -> list[tuple[str, list[str]]]:
    """Return every callable with the names of its parameters."""
    found = []
    for node in STUB.body:
        functions = node.body if isinstance(node, ast.ClassDef) else [node]
        for each in functions:
            if not isinstance(each, ast.FunctionDef) or (
                each.name[:2] == "__" and each.name != "__new__"
            ):
                continue
            if any(getattr(decorator, "id", "") == "property" for decorator in each.decorator_list):
                continue
            parts = [node.name] if isinstance(node, ast.ClassDef) else []
            parts += [each.name] if each.name != "__new__" else []
            arguments = (*each.args.posonlyargs, *each.args.args, *each.args.kwonlyargs)
            names = [argument.arg for argument in arguments if argument.arg != "cls"]
            found.append((".".join(parts), names))
    return found


@pytest.mark.parametrize(("name", "parameters"), signatures(), ids=[n for n, _ in signatures()])
def test_signatures_can_be_read_and_agree(name: str, parameters: list[str]) -> None:
    """stubtest ignores a missing signature, and help() would show none."""
    assert [*inspect.signature(at_run_time(name)).parameters] == parameters


@pytest.mark.parametrize("name", ["FeatureIndex", "Trip", "Vector", "SnapshotError"])
def test_types_have_public_names(name: str) -> None:
    assert at_run_time(name).__module__ == "routeguide_c"
    assert at_run_time(name).__qualname__ == name
