"""docs/commands.md lists every command with all of its arguments; its examples parse."""

from __future__ import annotations

import argparse
import re
import shlex

import pytest
from routeguide.commands.main import COMMANDS, parser_for
from support.documents import DOCS, blocks_of

PAGE = DOCS / "commands.md"
NAMES = [name for name, _, _ in COMMANDS]
SUMMARIES = {name: summary for name, _, summary in COMMANDS}

_, *_parts = re.split(r"^## (.*)\n", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
SECTIONS = dict(zip(_parts[::2], _parts[1::2], strict=True))
SHARED = ("Server options", "Output options", "Unit options")


def rows_of(section: str) -> dict[str, str]:
    """Return the table of a section: its second column by its first."""
    rows = re.findall(r"^\| (`.*?`) \| (.*) \|$", SECTIONS[section], re.MULTILINE)
    return {name.replace("\\|", "|"): description for name, description in rows}


def documented(name: str) -> dict[str, str]:
    """Return the arguments of a command on the page, with those in the shared sections."""
    rows = rows_of(name)
    for shared in SHARED:
        if f"(#{shared.lower().replace(' ', '-')})" in SECTIONS[name]:
            rows |= rows_of(shared)
    return rows


def arguments_of(name: str) -> dict[str, argparse.Action]:
    """Return the arguments of a command's parser, in the notation of the page."""
    subcommands = next(
        action
        for action in parser_for([name])._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    return {
        notation(action): action
        for action in subcommands.choices[name]._actions
        if action.dest != "help"
    }


def notation(action: argparse.Action) -> str:
    metavar = action.metavar or action.dest.upper()
    assert isinstance(metavar, str)
    if not action.option_strings:
        return f"`{metavar}`"
    *others, last = action.option_strings
    takes_value = action.nargs != 0 and not action.choices
    return ", ".join(
        f"`{each}`" for each in [*others, f"{last} {metavar}" if takes_value else last]
    )


def test_every_command_has_a_section_and_a_line() -> None:
    assert list(SECTIONS) == [*SHARED, *NAMES]
    lines = re.findall(r"^\| \[(\w+)\]\(#\1\) \| (.*) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert dict(lines) == SUMMARIES
    assert [name for name, _ in lines] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_page_has_every_argument_and_no_others(name: str) -> None:
    arguments = arguments_of(name)
    shown = documented(name)
    assert sorted(shown) == sorted(arguments)
    for argument, action in arguments.items():
        for choice in action.choices or ():
            assert f"`{choice}`" in shown[argument], argument


@pytest.mark.parametrize("name", NAMES)
def test_defaults_are_those_of_the_help(name: str) -> None:
    """If the help names a number, the page does, with separators."""
    for argument, action in arguments_of(name).items():
        help_text = (action.help or "").replace("%(default)g", "%(default)s") % vars(action)
        number = re.search(r"\(default: (\d[\d.]*)\)", help_text)
        if number:
            assert f"{int(float(number[1])):,}" in documented(name)[argument], argument


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_parse(name: str) -> None:
    found = 0
    for block in blocks_of(PAGE):
        for line in block.commands:
            for command in re.findall(rf"routeguide ({name} [^|)]*)", line):
                parser_for([name]).parse_args(shlex.split(command))
                found += 1
    assert found
