"""Who may import whom. ARCHITECTURE.md has the picture; this holds it."""

import ast
from pathlib import Path

import grpc
import pytest
import routeguide

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "python" / "routeguide"


def module_name(path: Path) -> str:
    """Dotted, from the package on: `server`, `commands.main`; a folder's own is the folder's."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


MODULES = {
    module_name(path): path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE / "pb"
}
SCRIPTS = sorted((ROOT / "python").glob("*.py")) + sorted(
    (ROOT / "python" / "connect").glob("*.py")
)
EXTENSION = [*(ROOT / "src" / "routeguide_c").glob("*.py")]

# From the bottom up: a module imports from the layers below its own, and from nowhere else. Two
# modules of one layer do not know each other, but for those of one folder, which do not form
# circles.
LAYERS: list[set[str]] = [
    {"__init__", "database_faults", "notebook", "trip", "catalog", "addresses"}
    | {"earth", "endless_files", "extras", "snapshot_files"}
    | {"aio_tasks", "origin", "bearer", "noticeboard", "pem_files", "refusals", "request_errors"}
    | {"handlers", "wording"},
    {"channels", "database", "errors", "cli", "registration", "connect_service", "listening"}
    | {"rpc_failures", "points_file"},
    {"service", "aio_service", "walk", "connect_server", "connect_client", "dataset"},
    {"server", "client_cli", "formats", "feature_service"},
    {"client", "aio_client", "aio", "mapping", "serving"},
    {"commands"},
    {"__main__"},
]
LAYER_OF = {name: number for number, layer in enumerate(LAYERS) for name in layer}

# What the service knows and does, whatever carries it.
WITHOUT_GRPC = ["database", "catalog", "trip", "notebook", "noticeboard", "points_file", "walk"]


class _WhatRuns(ast.NodeTransformer):
    """Leaves out what type checkers alone read."""

    def visit_If(self, node: ast.If) -> ast.AST | None:
        for_checkers = isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        return None if for_checkers else self.generic_visit(node)


def imports(path: Path) -> set[str]:
    """The full names of all that a file imports, wherever in the file."""
    names: set[str] = set()
    for node in ast.walk(_WhatRuns().visit(ast.parse(path.read_text(encoding="utf-8")))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def folder_or_module(module: str) -> str:
    """What has a layer: the folder of a module, or the module where it is in none."""
    return module.partition(".")[0]


def own_modules(path: Path) -> set[str]:
    """The modules of the package that a file imports, `pb` left out."""
    found = set()
    for name in imports(path):
        package, _, rest = name.partition(".")
        if package != "routeguide" or rest.partition(".")[0] == "pb":
            continue
        longest = rest
        while longest and longest not in MODULES:
            longest = longest.rpartition(".")[0]
        if not longest and hasattr(routeguide, rest.partition(".")[0]):
            longest = "__init__"
        assert longest, f"{path} imports {name}"
        found.add(longest)
    return found


def everything_imported(module: str) -> set[str]:
    """What comes in with a module: the names that it and its own modules import."""
    names = imports(MODULES[module])
    for other in own_modules(MODULES[module]):
        names |= everything_imported(other)
    return names


def test_every_module_has_a_layer() -> None:
    assert set(LAYER_OF) == {folder_or_module(module) for module in MODULES}


@pytest.mark.parametrize("module", sorted(MODULES))
def test_imports_point_downwards(module: str) -> None:
    own = folder_or_module(module)
    wrong = {
        other
        for other in own_modules(MODULES[module])
        if LAYER_OF[folder_or_module(other)] >= LAYER_OF[own]
        and not (folder_or_module(other) == own and "." in module)
    }
    assert not wrong, f"{module} must not import {wrong}"


@pytest.mark.parametrize("module", sorted(MODULES))
def test_no_module_comes_back_to_itself(module: str) -> None:
    seen: set[str] = set()
    ahead = [module]
    while ahead:
        for other in own_modules(MODULES[ahead.pop()]) - seen:
            assert other != module, f"{module} imports itself through others"
            seen.add(other)
            ahead.append(other)


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


def names_a_status(path: Path) -> bool:
    """True where the code takes a member of StatusCode, in whatever way it came by the class, or
    has the name of one as a string."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(
        (
            isinstance(node, ast.alias | ast.Name | ast.Attribute)
            and "StatusCode" in (getattr(node, field, "") for field in ("name", "id", "attr"))
        )
        or (isinstance(node, ast.Constant) and node.value in grpc.StatusCode.__members__)
        for node in ast.walk(tree)
    )


def test_one_place_turns_errors_into_statuses_and_one_statuses_into_errors() -> None:
    naming = {module for module, path in MODULES.items() if names_a_status(path)}
    # The service config of a channel has to name what gRPC tries again.
    assert naming == {"errors", "rpc_failures", "feature_service.connection"}


def makes_handlers(path: Path) -> bool:
    """True where the code names what gRPC makes the handler of a call with."""
    return any(
        name.endswith("_rpc_method_handler")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in (getattr(node, "attr", ""), getattr(node, "name", None) or "")
    )


def test_one_place_makes_handlers() -> None:
    assert {module for module, path in MODULES.items() if makes_handlers(path)} == {"handlers"}


def test_the_c_core_does_not_know_python() -> None:
    core = ROOT / "src" / "routeguide_c" / "core"
    sources = [*core.rglob("*.c"), *core.rglob("*.h")]
    assert sources
    for source in sources:
        assert "Python.h" not in source.read_text(encoding="utf-8")
