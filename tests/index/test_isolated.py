"""Run the scripts under isolated/, each in a process of its own.

They count references, make allocations fail and import the module twice, which would disturb
other tests or be disturbed by them. A script that ends with status 77 says why it cannot run
here, on its last line.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from routeguide_c import DegreesView, FeatureIndex, Trip, Vector, _core

ISOLATED = Path(__file__).parent / "isolated"
TESTS = Path(__file__).parents[1]
CANNOT_RUN_HERE = 77
GIVE_UP_S = 300  # a hang, not a measure of speed


def run(script: str, preload: Path | None = None) -> None:
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    if preload:
        environment["LD_PRELOAD"] = str(preload)
    ended = subprocess.run(
        [sys.executable, str(ISOLATED / script)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=GIVE_UP_S,
        check=False,
    )
    if ended.returncode == CANNOT_RUN_HERE:
        pytest.skip(ended.stdout.strip().splitlines()[-1])
    assert ended.returncode == 0, ended.stdout


def test_every_function_is_among_the_operations() -> None:
    """Of the extension, by what the operations' code calls or reads."""
    source = (ISOLATED / "operations.py").read_text(encoding="utf-8")
    dunders = {"__getitem__", "__arrow_c_array__", "__arrow_c_stream__", "__geo_interface__"}
    public = {name for name in vars(_core) if not name.startswith("__")} | dunders
    public -= {"DegreesWarning", "SnapshotError", "_index_from_content"}
    for owner in (DegreesView, FeatureIndex, Trip, Vector):
        public |= {name for name in vars(owner) if not name.startswith("_")}
    assert {"query", "open", "bounds", "haversine_many", "Trip"} <= public
    assert {name for name in public if not re.search(rf"\b{name}\b[^\"]*$", source, re.M)} == set()


@pytest.mark.parametrize(
    "script",
    [
        "leaks.py",
        "planted_leaks.py",
        "memory_size.py",
        "reimport.py",
        "subinterpreters.py",
        "no_memory.py",
    ],
)
def test_isolated(script: str) -> None:
    run(script)


def test_no_core_memory(tmp_path: Path) -> None:
    compiler = shutil.which(os.environ.get("CC", "cc"))
    if not sys.platform.startswith("linux"):
        pytest.skip("a library that stands in for aligned_alloc is preloaded on Linux only")
    if "LD_PRELOAD" in os.environ:
        pytest.skip("another library is preloaded, as for a sanitizer")
    if compiler is None:
        pytest.skip("no C compiler")
    library = tmp_path / "fail_aligned_alloc.so"
    source = str(ISOLATED / "fail_aligned_alloc.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", str(library), source], check=True)
    run("no_core_memory.py", preload=library)
