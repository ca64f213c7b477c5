"""All documents: short commands run, links and paths exist, and the index lists every page."""

import re
from pathlib import Path

import pytest
from support.documents import DOCS, ROOT, Reader, blocks_of, pattern_of

PAGES = sorted(DOCS.rglob("*.md"))
ARCHITECTURE = ROOT / "ARCHITECTURE.md"
DOCUMENTS = [*PAGES, ARCHITECTURE, ROOT / "CONTRIBUTING.md", ROOT / "README.md"]

# ARCHITECTURE.md names paths relative to one of these.
FOLDERS = ("", "python", "python/routeguide", "src/routeguide_c", "src/routeguide_c/core")
TREES = ("docs", "proto", "python", "src", "tests", "tools")

PLACES = "name,latitude,longitude\nVienna,48.20849,16.37208\nSuva,-18.14161,178.44149\n"


def relative(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", ["semantics.md", "import.md"])
def test_the_commands_run(page: str, tmp_path: Path) -> None:
    (tmp_path / "places.csv").write_text(PLACES)
    blocks = blocks_of(DOCS / page)
    assert blocks
    with Reader(tmp_path) as reader:
        for block in blocks:
            printed = reader.enter(block)
            if block.shown is not None and not pattern_of(block.shown).fullmatch(printed):
                assert printed == block.shown, f"docs/{page}, line {block.line}"


@pytest.mark.parametrize("page", DOCUMENTS, ids=relative)
def test_the_targets_of_links_exist(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)", text):
        path = page.parent / target if target else page
        assert path.exists(), f"{target} in {page.name}"
        if anchor:
            headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {heading.lower().replace(" ", "-") for heading in headings}, anchor


def missing_paths(text: str) -> set[str]:
    """Return the paths in backticks, and the file names in a picture, that do not exist."""
    [picture] = re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    named = set(re.findall(r"`([\w./]+(?:/|\.(?:py|pyi|c|h|md|proto)))`", text))
    named |= set(re.findall(r"[\w/]+(?:/|\.(?:py|pyi)\b)", picture))
    tree = [*ROOT.glob("*"), *(path for name in TREES for path in (ROOT / name).rglob("*"))]
    known = {
        path.relative_to(ROOT / folder).as_posix()
        for folder in FOLDERS
        for path in tree
        if path.is_relative_to(ROOT / folder)
    }
    return {path for path in named if path.rstrip("/") not in known}


def test_the_paths_in_the_architecture_exist() -> None:
    text = ARCHITECTURE.read_text(encoding="utf-8")
    assert missing_paths(text) == set()
    assert missing_paths(f"{text}\nsee `rpc/errors.py` and `core/sphere/`") == {
        "rpc/errors.py",
        "core/sphere/",
    }


def test_the_architecture_names_every_folder() -> None:
    text = ARCHITECTURE.read_text(encoding="utf-8")
    for parent in (ROOT / "python/routeguide", ROOT / "src/routeguide_c/core"):
        for folder in parent.iterdir():
            if list(folder.glob("*.[pc]*")) and folder.name != "__pycache__":
                assert f"{folder.name}/" in text


def test_the_index_has_every_page() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    linked = set(re.findall(r"\]\((?!\.\.)([^)]*\.md)\)", index))
    assert linked == {str(page.relative_to(DOCS)) for page in PAGES} - {"README.md"}


def test_dots_in_a_shown_output_match_any_text_and_nothing_else_does() -> None:
    shown = pattern_of("seconds ...\n...\nend (of it)\n")
    assert shown.fullmatch("seconds 0.5\nend (of it)\n")
    assert shown.fullmatch("seconds 0.5\none\ntwo\nend (of it)\n")
    assert not shown.fullmatch("seconds 0.5\nend of it\n")
    assert not shown.fullmatch("seconds 0.5\nend (of it)\nmore\n")
    assert not shown.fullmatch("minutes 0.5\nend (of it)\n")
