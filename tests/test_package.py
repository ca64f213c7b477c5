"""The package as installed: its version, its files, the cost of importing it."""

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
import routeguide

ROOT = Path(__file__).parents[1]
TREES = (ROOT / "python" / "routeguide", ROOT / "src" / "routeguide_c")


def test_the_version_is_the_installed_one() -> None:
    assert routeguide.__version__ == metadata.version("routeguide")


def test_every_module_of_the_tree_is_installed_and_no_other() -> None:
    """A folder without __init__.py, or a stale build/ folder, would make a difference."""
    files = {str(file) for file in metadata.files("routeguide") or ()}
    installed = {file for file in files if file.endswith(".py") and "_pb2" not in file}
    if not any("/" in file for file in installed):
        pytest.skip("an editable install copies no files")
    assert installed == {
        str(path.relative_to(tree.parent))
        for tree in TREES
        for path in tree.rglob("*.py")
        if "_pb2" not in path.name
    }


def test_stubs_and_data_are_installed() -> None:
    files = {str(file) for file in metadata.files("routeguide") or ()}
    if "routeguide/__init__.py" not in files:
        pytest.skip("an editable install copies no files")
    assert {
        "routeguide/py.typed",
        "routeguide/data/route_guide_db.json",
        "routeguide/pb/route_guide_pb2.pyi",
        "routeguide_c/py.typed",
        "routeguide_c/_core.pyi",
    } <= files
    assets = {str(path.relative_to(ROOT / "python")) for path in TREES[0].glob("mapping/assets/*")}
    assert assets
    assert assets <= files


def test_importing_the_package_alone_is_cheap() -> None:
    program = "import sys, routeguide; print(*{'grpc', 'google', 'msgspec'} & set(sys.modules))"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert ended.stdout == b"\n"
