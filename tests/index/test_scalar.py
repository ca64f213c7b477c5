"""The index without vector instructions: what it answers may not depend on the processor.

Which instructions are used is decided once a process, so the tests run again in another one.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent

# Those of test_index.py whose answers come from functions that have two forms.
QUERIES = "query_matches or layouts_match or (many_points and shuffled)"


@pytest.mark.skipif(
    os.environ.get("ROUTEGUIDE_SIMD") == "scalar", reason="this process already goes without"
)
def test_queries_are_the_same_without_vector_instructions() -> None:
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
            *("-k", QUERIES, "test_index.py"),
        ],
        cwd=TESTS,
        env={**os.environ, "ROUTEGUIDE_SIMD": "scalar"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    assert " passed" in ended.stdout


def test_an_unknown_setting_fails_the_import() -> None:
    for setting, known in (("", True), ("auto", True), ("scalr", False), ("avx2", False)):
        ended = subprocess.run(
            [sys.executable, "-c", "import routeguide_c"],
            env={**os.environ, "ROUTEGUIDE_SIMD": setting},
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        message = "ImportError: the environment variable ROUTEGUIDE_SIMD must be auto or scalar"
        assert (ended.returncode == 0, message in ended.stderr) == (known, not known)
