"""A lint of the C sources, for what compilers accept and readers do not."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CORE = ROOT / "src/routeguide_c/core"
BINDING = ROOT / "src/routeguide_c/binding"

SOURCES = sorted(
    path
    for folder in (CORE, BINDING, ROOT / "tests")
    for path in folder.rglob("*.[ch]")
    if "build" not in path.parts
)
CORE_SOURCES = [path for path in SOURCES if CORE in path.parents]
HEADERS = [path for path in SOURCES if path.suffix == ".h"]

MAX_COLUMNS = 100

# The core may use libc, libm and the compiler's headers, which every system has.
C11 = {
    *("assert", "complex", "ctype", "errno", "fenv", "float", "inttypes", "iso646", "limits"),
    *("locale", "math", "setjmp", "signal", "stdalign", "stdarg", "stdatomic", "stdbool"),
    *("stddef", "stdint", "stdio", "stdlib", "stdnoreturn", "string", "tgmath", "threads"),
    *("time", "uchar", "wchar", "wctype"),
}
POSIX = {"fcntl", "pthread", "sys/mman", "sys/stat", "sys/types", "unistd"}
COMPILER = {"immintrin", "nmmintrin", "arm_acle", "arm_neon"}

# The version that the sources are formatted with; others break lines elsewhere.
CLANG_FORMAT = "14"


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def includes_of(path: Path) -> list[str]:
    """Return the target of each #include, with its quotes or brackets."""
    return re.findall(r"^ *# *include *(\S+)", text_of(path), re.MULTILINE)


def test_there_are_sources() -> None:
    """The other tests would pass with an empty list."""
    names = {path.name for path in SOURCES}
    assert {"rg_geo.c", "rg_grid.h", "module.c", "binding.h", "fail_aligned_alloc.c"} <= names


@pytest.mark.parametrize("path", CORE_SOURCES, ids=relative)
def test_the_core_includes_only_itself_and_system_headers(path: Path) -> None:
    allowed = {f"<{name}.h>" for name in C11 | POSIX | COMPILER}
    allowed |= {f'"{header.relative_to(CORE)}"' for header in CORE.rglob("*.h")}
    assert set(includes_of(path)) <= allowed


def test_one_file_of_the_binding_includes_python() -> None:
    """That file defines the macros that Python.h depends on; the others include it instead."""
    assert [relative(path) for path in SOURCES if "<Python.h>" in includes_of(path)] == [
        "src/routeguide_c/binding/binding.h"
    ]


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_lines_are_ascii_short_and_without_trailing_blanks(path: Path) -> None:
    text = text_of(path)
    assert text.isascii()
    assert "\t" not in text
    assert "\r" not in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    for number, line in enumerate(text.splitlines(), start=1):
        assert line == line.rstrip(), f"line {number} ends with blanks"
        assert len(line) <= MAX_COLUMNS, f"line {number} has {len(line)} columns"


@pytest.mark.parametrize("path", HEADERS, ids=relative)
def test_headers_begin_with_their_purpose_and_have_guards(path: Path) -> None:
    guard = f"{path.stem.upper()}_H"
    text = text_of(path)
    purpose = re.escape(f"/* {path.stem}: ")
    assert re.match(rf"{purpose}\w", text), "must begin with its name and its purpose"
    first, *_, last = re.findall(r"^ *#.*", text, re.MULTILINE)
    assert first == f"#ifndef {guard}"
    assert f"#ifndef {guard}\n#define {guard}\n" in text
    assert last == "#endif"
    assert text.rstrip().endswith("#endif")


def test_clang_format_changes_nothing() -> None:
    program = shutil.which("clang-format")
    if program is None:
        pytest.skip("clang-format is not installed")
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    if f"version {CLANG_FORMAT}." not in version.stdout:
        pytest.skip(f"{version.stdout.strip()} is not clang-format {CLANG_FORMAT}")
    ended = subprocess.run(
        [program, "--dry-run", "--Werror", "--style=file", *map(str, SOURCES)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr


# These allocate nothing: they report errors that others found, or write to the caller's memory.
NEVER_ALLOCATE = {"rg_fault_system", "rg_fault_corrupt", "rg_section_corrupt", "rg_section_expect"}
NEVER_ALLOCATE |= {"rg_names_measure", "rg_names_copy"}


def test_every_function_that_can_fail_is_tested_without_memory() -> None:
    declared = {
        name
        for header in CORE.rglob("*.h")
        for name in re.findall(r"^rg_status (rg_\w+)\(", text_of(header), re.MULTILINE)
    }
    swept = set(re.findall(r"\b(rg_\w+)\(", text_of(ROOT / "tests/c/test_faults.c")))
    assert {"rg_index_build", "rg_snapshot_open", "rg_grid_build"} <= declared
    assert declared - NEVER_ALLOCATE <= swept
