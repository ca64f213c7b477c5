"""Build the extension and the protobuf stubs, which pyproject.toml cannot describe.

SANITIZE=1 builds the extension with the address and undefined-behavior sanitizers: Python then
needs LD_PRELOAD=$(gcc -print-file-name=libasan.so) to import it. COVERAGE=1 builds it with line
and branch counters. STRICT=1 makes every warning an error.
"""

import os
import sys
import sysconfig
from pathlib import Path
from runpy import run_path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
STUB = "src/routeguide_c/_core.pyi"

# pow(x, 2) must stay a call and a*b+c two roundings: distances equal the documented
# formula in every bit only when the compiler does not improve it.
CFLAGS = ["-std=c11", "-O3", "-fno-builtin-pow", "-ffp-contract=off", "-fvisibility=hidden"]
CFLAGS += ["-pthread"]
# An argument in another's place, which compilers of old only warn of.
CFLAGS += ["-Werror=incompatible-pointer-types", "-Werror=int-conversion"]
LDFLAGS = ["-pthread"]

if os.environ.get("STRICT"):
    CFLAGS += ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"]
    CFLAGS += ["-isystem", sysconfig.get_path("include")]
if os.environ.get("SANITIZE"):
    CFLAGS += ["-O1", "-g", "-fno-omit-frame-pointer", "-fsanitize=address,undefined"]
    CFLAGS += ["-fno-sanitize-recover=undefined"]
    LDFLAGS += ["-fsanitize=address,undefined"]
if os.environ.get("COVERAGE"):
    CFLAGS += ["-O0", "-g", "--coverage"]
    LDFLAGS += ["--coverage"]


def sources(*patterns: str) -> list[str]:
    return sorted(str(path) for pattern in patterns for path in Path().glob(pattern))


class BuildWithDocs(build_ext):
    """Generate docs.h, the docstrings of the extension, from its stub."""

    def build_extension(self, ext: Extension) -> None:
        made = Path(self.build_temp, "include")
        self.spawn([sys.executable, "tools/docs_header.py", STUB, str(made / "docs.h")])
        ext.include_dirs.append(str(made))
        super().build_extension(ext)


class BuildWithStubs(build_py):
    """Generate routeguide.pb from proto/ before the packages are collected.

    The protos are mounted under the package's path, so that what is generated imports
    itself as `routeguide.pb` and needs no patching.
    """

    def run(self) -> None:
        from grpc_tools import protoc  # a build requirement, absent when only metadata is asked for

        for proto in sorted(ROOT.glob("proto/*.proto")):
            arguments = [
                "protoc",
                "-Irouteguide/pb=proto",
                "--python_out=python",
                "--pyi_out=python",
                "--grpc_python_out=python",
                f"routeguide/pb/{proto.name}",
            ]
            if protoc.main(arguments) != 0:
                raise SystemExit(f"protoc refused {proto}")
        super().run()


# Before packages are collected, for sdists too.
run_path(str(ROOT / "tools" / "blocking_client.py"))["generate"]()

setup(
    ext_modules=[
        Extension(
            "routeguide_c._core",
            sources=sources("src/routeguide_c/binding/*.c", "src/routeguide_c/core/**/*.c"),
            depends=[
                *sources("src/routeguide_c/binding/*.h", "src/routeguide_c/core/**/*.h"),
                *(STUB, "tools/docs_header.py"),
            ],
            include_dirs=["src/routeguide_c/core"],
            extra_compile_args=CFLAGS,
            extra_link_args=LDFLAGS,
            libraries=["m"],
        )
    ],
    cmdclass={"build_ext": BuildWithDocs, "build_py": BuildWithStubs},
)
