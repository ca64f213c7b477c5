"""Who may import whom, in the package and in the core. The folders' purposes: ARCHITECTURE.md."""

import ast
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import grpc
import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "python" / "routeguide"
EXTENSION = ROOT / "src" / "routeguide_c"
CORE = EXTENSION / "core"

# A folder imports from those named beside it and from itself, never back. The modules outside of
# folders are what users import: they may import anything.
MAY_IMPORT: Mapping[str, set[str]] = {
    "common": set(),
    "domain": {"common"},
    "rpc": {"common", "domain"},
    "client": {"common", "domain", "rpc"},
    "feature_service": {"common", "domain", "rpc"},
    "tutorial": {"common", "domain", "rpc"},
    "formats": {"common", "domain"},
    "mapping": {"common", "domain"},
    "serving": {"client", "common", "domain", "feature_service", "formats", "mapping", "rpc"}
    | {"tutorial"},
    "commands": {"client", "common", "domain", "feature_service", "formats", "mapping", "rpc"}
    | {"serving", "tutorial"},
}

# The same for the core's includes; "" stands for the files beside the folders.
CORE_MAY_INCLUDE: Mapping[str, set[str]] = {
    "base": set(),
    "geo": {"base"},
    "features": {"base", "geo"},
    "search": {"base", "geo"},
    "": {"base", "geo", "features", "search"},
}

WITHOUT_GRPC = ("common", "domain", "formats", "mapping")

# Blocking and asyncio: the same thing twice, which grpcio asks for.
TWINS = {"Client", "FeatureServicer", "RouteGuideServicer", "_Outgoing"}


def module_name(path: Path) -> str:
    """The dotted name below `routeguide`: `aio`, `commands.main`, `commands` for its __init__."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {
    module_name(path): path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE / "pb"
}
SCRIPTS = sorted([*(ROOT / "python").glob("*.py"), *(ROOT / "python" / "connect").glob("*.py")])


class _WithoutTypeChecking(ast.NodeTransformer):
    """Removes the imports that only type checkers follow."""

    def visit_If(self, node: ast.If) -> ast.AST | None:
        type_checking = isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        return None if type_checking else self.generic_visit(node)


def imports(source: str) -> set[str]:
    """Full names of everything that a module imports: at the top, in functions, in strings.

    A string that is a module's full name, or has an import statement in it, counts as an import.
    """
    names: set[str] = set()
    for node in ast.walk(_WithoutTypeChecking().visit(ast.parse(source))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names.update(re.findall(r"^routeguide\.[\w.]+$", node.value))
            names.update(re.findall(r"\b(?:from|import) (routeguide\.[\w.]+)", node.value))
    return names


def own_modules(source: str) -> set[str]:
    """The modules of `routeguide` that a source imports, without the generated ones."""
    found = set()
    for name in imports(source):
        package, _, module = name.partition(".")
        while package == "routeguide" and module and module not in MODULES:
            module = module.rpartition(".")[0]
        if package == "routeguide" and module:
            found.add(module)
    return found


def text_of(module: str) -> str:
    return MODULES[module].read_text(encoding="utf-8")


def folder_of(module: str) -> str:
    """The folder of a module, "" for one beside the folders."""
    first, _, rest = module.partition(".")
    return first if rest or MODULES[module].name == "__init__.py" else ""


def forbidden_imports(module: str, source: str) -> set[str]:
    """What `module`, if it had this source, would import against the table."""
    own = folder_of(module)
    if own == "":
        return set()
    return {
        other for other in own_modules(source) if folder_of(other) not in {own, *MAY_IMPORT[own]}
    }


def circle(edges: Mapping[str, set[str]]) -> list[str]:
    """A way from some node back to it; empty if there is none."""
    done: set[str] = set()

    def search(path: list[str]) -> list[str]:
        for other in sorted(edges.get(path[-1], set()) - done - {path[-1]}):
            if other in path:
                return [*path[path.index(other) :], other]
            if found := search([*path, other]):
                return found
        done.add(path[-1])
        return []

    for node in sorted(edges):
        if node not in done and (found := search([node])):
            return found
    return []


def test_the_table_lists_every_folder() -> None:
    assert set(MAY_IMPORT) == {folder_of(module) for module in MODULES} - {""}
    assert not circle(MAY_IMPORT)


@pytest.mark.parametrize("module", sorted(MODULES))
def test_imports_follow_the_table(module: str) -> None:
    assert forbidden_imports(module, text_of(module)) == set()


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_an_import_against_the_table_is_found(folder: str) -> None:
    """One import turned upwards, in each folder that has anything above it."""
    module = next(name for name in sorted(MODULES) if folder_of(name) == folder)
    for above in set(MAY_IMPORT) - MAY_IMPORT[folder] - {folder}:
        other = next(name for name in sorted(MODULES) if name.startswith(f"{above}."))
        upwards = f"{text_of(module)}\ndef late() -> None:\n    import routeguide.{other}\n"
        assert forbidden_imports(module, upwards) == {other}


def test_no_module_imports_itself_through_others() -> None:
    edges = {module: own_modules(text_of(module)) for module in MODULES}
    assert circle(edges) == []


def test_a_circle_is_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == ["b", "c", "b"]


def test_every_module_and_class_has_a_name_of_its_own() -> None:
    stems = Counter(name.rpartition(".")[2] for name in MODULES if name not in MAY_IMPORT)
    assert {stem for stem, count in stems.items() if count > 1} == set()
    classes = Counter(
        node.name
        for module in MODULES
        for node in ast.walk(ast.parse(text_of(module)))
        if isinstance(node, ast.ClassDef)
    )
    assert {name for name, count in classes.items() if count > 1} <= TWINS


@pytest.mark.parametrize(
    "module", [name for name in sorted(MODULES) if folder_of(name) in WITHOUT_GRPC]
)
def test_no_grpc_below_rpc(module: str) -> None:
    for name in imports(text_of(module)):
        assert name.partition(".")[0] != "grpc"
        assert "_pb2_grpc" not in name


@pytest.mark.parametrize("path", sorted(EXTENSION.glob("*.py")), ids=lambda path: path.stem)
def test_the_extension_imports_neither_grpc_nor_routeguide(path: Path) -> None:
    for name in imports(path.read_text(encoding="utf-8")):
        assert name.partition(".")[0] not in ("grpc", "routeguide")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_scripts_import_only_the_tutorial(path: Path) -> None:
    for module in own_modules(path.read_text(encoding="utf-8")):
        assert folder_of(module) == "tutorial"


def names_a_status(source: str) -> bool:
    """True if the code takes a member of StatusCode, or contains the name of one as a string."""
    return any(
        (
            isinstance(node, ast.alias | ast.Name | ast.Attribute)
            and "StatusCode" in (getattr(node, field, "") for field in ("name", "id", "attr"))
        )
        or (isinstance(node, ast.Constant) and node.value in grpc.StatusCode.__members__)
        for node in ast.walk(ast.parse(source))
    )


def test_one_module_maps_errors_to_statuses_and_one_statuses_to_errors() -> None:
    naming = {module for module in MODULES if names_a_status(text_of(module))}
    # A channel's service config has to name the statuses that gRPC retries.
    assert naming == {"rpc.statuses", "rpc.call_error", "client.connection"}


def makes_handlers(source: str) -> bool:
    """True if the code names one of gRPC's functions that make a handler."""
    return any(
        name.endswith("_rpc_method_handler")
        for node in ast.walk(ast.parse(source))
        for name in (getattr(node, "attr", ""), getattr(node, "name", None) or "")
    )


def test_one_module_makes_handlers() -> None:
    assert {name for name in MODULES if makes_handlers(text_of(name))} == {"rpc.handlers"}


# --- the C sources ---

C_FILES = {
    path.relative_to(EXTENSION): path.read_text(encoding="utf-8")
    for path in sorted(EXTENSION.rglob("*.[ch]"))
}


def core_folder(file: Path) -> str:
    """The folder of the core that a file is in, "" for one beside the folders."""
    return file.parts[1] if len(file.parts) > 2 else ""


def included(file: Path, source: str) -> set[Path]:
    """The project's own headers that a file includes, relative to the extension's folder."""
    found = set()
    for name in re.findall(r'^ *# *include *"([^"]+)"', source, re.MULTILINE):
        if name == "docs.h":  # made by the build; includes none of them
            continue
        places = (file.parent / name, Path("core") / name)
        found.add(next(place for place in places if place in C_FILES))
    return found


def forbidden_includes(file: Path, source: str) -> set[Path]:
    """What a file of the core, if it had this source, would include against the table."""
    allowed = {core_folder(file), *CORE_MAY_INCLUDE[core_folder(file)]}
    return {
        other
        for other in included(file, source)
        if other.parts[0] != "core" or core_folder(other) not in allowed
    }


CORE_FILES = [file for file in C_FILES if file.parts[0] == "core"]


def test_the_core_table_lists_every_folder() -> None:
    assert set(CORE_MAY_INCLUDE) == {core_folder(file) for file in CORE_FILES}
    assert not circle(CORE_MAY_INCLUDE)


@pytest.mark.parametrize("file", CORE_FILES, ids=str)
def test_includes_follow_the_table(file: Path) -> None:
    assert forbidden_includes(file, C_FILES[file]) == set()
    assert "Python.h" not in C_FILES[file]


def test_an_include_against_the_table_is_found() -> None:
    file = Path("core/base/rg_alloc.c")
    upwards = '#include "geo/rg_point.h"\n' + C_FILES[file]
    assert forbidden_includes(file, upwards) == {Path("core/geo/rg_point.h")}


def test_no_file_includes_itself_through_others() -> None:
    edges = {
        str(file): {str(other) for other in included(file, source)}
        for file, source in C_FILES.items()
    }
    assert circle(edges) == []
