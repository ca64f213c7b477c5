"""The package as a whole."""

import importlib.metadata
import subprocess
import sys

import routeguide


def test_the_version_is_the_installed_one() -> None:
    assert routeguide.__version__ == importlib.metadata.version("routeguide")


def test_importing_the_package_alone_is_cheap() -> None:
    program = "import sys, routeguide; print(*{'grpc', 'google', 'msgspec'} & set(sys.modules))"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert ended.stdout == b"\n"
