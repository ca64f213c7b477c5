"""The package as installed: its version, its files, the cost of importing it."""

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
import routeguide

import routeguide_c

ROOT = Path(__file__).parents[1]
PACKAGES = [
    pytest.param(Path(package.__file__ or "").parent, tree, id=tree.name)
    for package, tree in (
        (routeguide, ROOT / "python" / "routeguide"),
        (routeguide_c, ROOT / "src" / "routeguide_c"),
    )
]

# Apart from Python modules, these files of the tree belong to the packages.
DATA = ("py.typed", "_core.pyi", "data/*", "mapping/assets/*")


def files_of(folder: Path) -> set[str]:
    """Return modules and data below a folder, relative to it, without the generated ones."""
    found = {path for pattern in ("**/*.py", *DATA) for path in folder.glob(pattern)}
    return {str(path.relative_to(folder)) for path in found if "_pb2" not in path.name}


def test_the_version_is_the_installed_one() -> None:
    assert routeguide.__version__ == metadata.version("routeguide")


@pytest.mark.parametrize(("installed", "tree"), PACKAGES)
def test_the_files_of_the_tree_are_installed_and_no_others(installed: Path, tree: Path) -> None:
    """A folder without __init__.py or a stale build folder would make a difference."""
    assert files_of(tree) >= {"__init__.py", "py.typed"}
    assert files_of(installed) == files_of(tree)


def test_importing_the_package_alone_is_cheap() -> None:
    program = "import sys, routeguide; print(*{'grpc', 'google', 'msgspec'} & set(sys.modules))"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert ended.stdout == b"\n"
