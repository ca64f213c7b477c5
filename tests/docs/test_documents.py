"""The pages in docs/ as a whole: what is small enough to run does, links lead somewhere, and each
page is in the index."""

import re
from pathlib import Path

import pytest
from support.documents import DOCS, Reader, blocks_of, pattern_of

PAGES = sorted(DOCS.rglob("*.md"))

PLACES = "name,latitude,longitude\nVienna,48.20849,16.37208\nSuva,-18.14161,178.44149\n"


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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_the_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)", text):
        path = page.parent / target if target else page
        assert path.exists(), f"{target} in {page.name}"
        if anchor:
            heads = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {head.lower().replace(" ", "-") for head in heads}, anchor


def test_the_index_has_every_page() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    linked = set(re.findall(r"\]\((?!\.\.)([^)]*\.md)\)", index))
    assert linked == {str(page.relative_to(DOCS)) for page in PAGES} - {"README.md"}


def test_a_shown_output_allows_what_it_says_and_no_more() -> None:
    shown = pattern_of("seconds ...\n...\nend (of it)\n")
    assert shown.fullmatch("seconds 0.5\nend (of it)\n")
    assert shown.fullmatch("seconds 0.5\none\ntwo\nend (of it)\n")
    assert not shown.fullmatch("seconds 0.5\nend of it\n")
    assert not shown.fullmatch("seconds 0.5\nend (of it)\nmore\n")
    assert not shown.fullmatch("minutes 0.5\nend (of it)\n")
