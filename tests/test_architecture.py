"""Who may import whom. ARCHITECTURE.md has the picture; this holds it."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "python" / "routeguide"
MODULES = {path.stem: path for path in PACKAGE.glob("*.py")}
SCRIPTS = sorted((ROOT / "python").glob("*.py")) + sorted(
    (ROOT / "python" / "connect").glob("*.py")
)
EXTENSION = [*(ROOT / "src" / "routeguide_c").glob("*.py")]

# From the bottom up: a module imports from the layers below its own, and from nowhere else. Two
# modules of one layer do not know each other.
LAYERS: list[set[str]] = [
    {"__init__", "database_faults", "notebook", "trip", "catalog", "points_file", "listening"},
    {"database", "errors", "cli", "registration", "connect_service"},
    {"service", "aio_service", "walk", "connect_server", "connect_client"},
    {"server", "client_cli"},
    {"client", "aio_client"},
]
LAYER_OF = {module: number for number, layer in enumerate(LAYERS) for module in layer}

# What the service knows and does, whatever carries it.
WITHOUT_GRPC = ["database", "catalog", "trip", "notebook", "points_file", "walk"]


def imports(path: Path) -> set[str]:
    """The full names of all that a file imports, wherever in the file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def own_modules(path: Path) -> set[str]:
    """The modules of the package that a file imports, `pb` left out."""
    found = set()
    for name in imports(path):
        package, _, rest = name.partition(".")
        module = rest.partition(".")[0]
        if package == "routeguide" and module != "pb":
            assert module in MODULES, f"{path} imports {name}"
            found.add(module)
    return found


def everything_imported(module: str) -> set[str]:
    """What comes in with a module: the names that it and its own modules import."""
    names = imports(MODULES[module])
    for other in own_modules(MODULES[module]):
        names |= everything_imported(other)
    return names


def test_every_module_has_a_layer() -> None:
    assert set(LAYER_OF) == set(MODULES)


@pytest.mark.parametrize("module", sorted(MODULES))
def test_imports_point_downwards(module: str) -> None:
    wrong = {other for other in own_modules(MODULES[module]) if LAYER_OF[other] >= LAYER_OF[module]}
    assert not wrong, f"{module} must not import {wrong}"


@pytest.mark.parametrize("module", WITHOUT_GRPC)
def test_the_domain_does_not_know_grpc(module: str) -> None:
    for name in everything_imported(module):
        assert name.partition(".")[0] != "grpc"
        assert "_pb2_grpc" not in name


@pytest.mark.parametrize("path", EXTENSION, ids=lambda path: path.stem)
def test_the_extension_knows_only_itself(path: Path) -> None:
    for name in imports(path):
        assert name.partition(".")[0] not in ("grpc", "routeguide")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_scripts_import_commands_alone(path: Path) -> None:
    commands = {"server", "client", "aio_client", "connect_server", "connect_client"}
    assert own_modules(path) <= commands


def test_one_place_turns_errors_into_statuses() -> None:
    places = {module for module, path in MODULES.items() if "grpc.StatusCode" in path.read_text()}
    assert places == {"errors"}


def test_the_c_core_does_not_know_python() -> None:
    core = ROOT / "src" / "routeguide_c" / "core"
    sources = [*core.rglob("*.c"), *core.rglob("*.h")]
    assert sources
    for source in sources:
        assert "Python.h" not in source.read_text(encoding="utf-8")
