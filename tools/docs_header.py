"""Write the docstrings and signatures of a stub as C macros: tools/docs_header.py STUB HEADER.

The build runs this on _core.pyi for binding/, so that help() shows the words of the stub. What has
a docstring becomes DOC_name or DOC_Class_name, after its signature as `inspect` reads it.
"""

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path


def signature(name: str, function: ast.FunctionDef, implied: str | None) -> str:
    """Return `name(parameters)` without annotations, `implied` being what Python itself passes."""
    arguments = function.args
    for each in arguments.posonlyargs + arguments.args + arguments.kwonlyargs:
        each.annotation = None
    if implied != "$module":  # a function of a module declares no such parameter
        (arguments.posonlyargs or arguments.args).pop(0)
    if implied:
        arguments.posonlyargs.insert(0, ast.arg(implied))
    return f"{name}({ast.unparse(arguments)})\n--\n\n"


def head(node: ast.ClassDef | ast.FunctionDef, is_method: bool) -> str:
    """Return the lines before the text: the signature of whatever can be called."""
    if isinstance(node, ast.ClassDef):
        functions = [each for each in node.body if isinstance(each, ast.FunctionDef)]
        constructors = [each for each in functions if each.name == "__new__"]
        return signature(node.name, constructors[0], None) if constructors else ""
    decorators = {ast.unparse(each) for each in node.decorator_list}
    if "property" in decorators:
        return ""
    implied = "$type" if "classmethod" in decorators else "$self"
    return signature(node.name, node, implied if is_method else "$module")


def docs(scope: ast.Module | ast.ClassDef, prefix: str) -> Iterator[tuple[str, str]]:
    """Yield the name of each macro and its text."""
    for node in scope.body:
        if not isinstance(node, ast.ClassDef | ast.FunctionDef):
            continue
        if text := ast.get_docstring(node):
            yield prefix + node.name, head(node, isinstance(scope, ast.ClassDef)) + text
        if isinstance(node, ast.ClassDef):
            yield from docs(node, f"{prefix}{node.name}_")


def header(stub: str) -> str:
    """Return the whole header."""
    parts = ["/* Made of _core.pyi by tools/docs_header.py. To be included after binding.h. */\n"]
    for name, text in docs(ast.parse(stub), "DOC_"):
        lines = [json.dumps(line) for line in text.splitlines(keepends=True)]
        parts.append(f"PyDoc_STRVAR({name},\n    " + "\n    ".join(lines) + ");\n")
    return "\n".join(parts)


if __name__ == "__main__":
    stub_path, header_path = map(Path, sys.argv[1:])
    header_path.parent.mkdir(parents=True, exist_ok=True)
    header_path.write_text(header(stub_path.read_text(encoding="utf-8")), encoding="utf-8")
