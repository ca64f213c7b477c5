"""The settings of `routeguide serve`: flags, the environment and a file."""

import argparse
import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from routeguide.serving.settings import (
    DEFAULTS,
    OPTIONS,
    SWITCH,
    SettingsError,
    add_arguments,
    as_toml,
    gather,
    settings_of,
)
from support.serving import WATCHDOG_S

# Another value than the default for each option, as text and parsed.
OTHERS: dict[str, tuple[str, Any]] = {
    "address": ("localhost:1", "localhost:1"),
    "db": ("some.rgx", Path("some.rgx")),
    "watch": ("true", True),
    "chat": ("shared", "shared"),
    "chat-notes": ("50", 50),
    "chat-age": ("60", 60.0),
    "chat-unread": ("5", 5),
    "workers": ("3", 3),
    "grace": ("2.5", 2.5),
    "log-format": ("json", "json"),
    "log-level": ("error", "error"),
    "access-log": ("on", True),
    "metrics": ("localhost:2", "localhost:2"),
    "reflection": ("off", False),
    "tls-cert": ("c.pem", Path("c.pem")),
    "tls-key": ("k.pem", Path("k.pem")),
    "tls-client-ca": ("ca.pem", Path("ca.pem")),
    "token-file": ("tokens", Path("tokens")),
    "max-calls": ("7", 7),
    "max-streams": ("8", 8),
    "max-message-bytes": ("64K", 65536),
    "max-notes": ("9", 9),
    "max-notes-at-place": ("10", 10),
    "max-note-length": ("11", 11),
    "max-route-points": ("12", 12),
    "max-batch-points": ("13", 13),
    "max-nearest": ("14", 14),
    "max-page-size": ("15", 15),
    "max-radius": ("16.5", 16.5),
    "max-route-vertices": ("17", 17),
    "max-half-width": ("0", 0.0),
    "keepalive": ("30", 30.0),
    "keepalive-timeout": ("5", 5.0),
    "max-connection-idle": ("600", 600.0),
    "max-connection-age": ("3600", 3600.0),
}
WANTED = settings_of({name: value for name, (_, value) in OTHERS.items()})

FLAGS = [
    argument
    for name, (text, value) in OTHERS.items()
    for argument in (
        [f"--{'' if value else 'no-'}{name}"]
        if OPTIONS[name].kind is SWITCH
        else [f"--{name}", text]
    )
]
ENVIRONMENT = {
    f"ROUTEGUIDE_{name.replace('-', '_').upper()}": text for name, (text, _) in OTHERS.items()
}


def flags(*arguments: str) -> dict[str, object]:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return vars(parser.parse_args(arguments))


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "routeguide", "serve", *arguments],
        capture_output=True,
        text=True,
        timeout=WATCHDOG_S,
        check=False,
    )


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A file with the values in OTHERS."""
    path = tmp_path / "serve.toml"
    path.write_text(as_toml(WANTED, {}))
    return path


@pytest.mark.parametrize("name", ["é.rgx", "\U0001f5fa.rgx", 'a "b" \\.rgx', "a\x7f\n.rgx"])
def test_any_text_can_be_written_as_toml(tmp_path: Path, name: str) -> None:
    settings = dataclasses.replace(DEFAULTS, db=Path(name))
    path = tmp_path / "serve.toml"
    path.write_text(as_toml(settings, {}), encoding="utf-8")
    assert gather(flags("--config", str(path)), {})[0] == settings


def test_every_option_has_another_value() -> None:
    assert set(OTHERS) == set(OPTIONS)
    for option in OPTIONS.values():
        assert option.value_in(WANTED) != option.value_in(DEFAULTS)


def test_every_setting_has_one_option() -> None:
    filled = sorted(path for option in OPTIONS.values() for path in option.fields.split())
    settings = [
        f"{name}.{field}" if dataclasses.is_dataclass(value) else name
        for name, value in vars(DEFAULTS).items()
        for field in (vars(value) if dataclasses.is_dataclass(value) else [name])
    ]
    settings.remove("requests.default_page_size")  # not for users to set
    assert filled == sorted(settings)


def test_defaults() -> None:
    assert gather(flags(), {"HOME": "/", "ROUTEGUIDE_PORT": "tcp://10.0.0.1"}) == (DEFAULTS, {})


def test_flags() -> None:
    settings, sources = gather(flags(*FLAGS), {})
    assert settings == WANTED
    assert sources["max-calls"] == "--max-calls"


def test_environment() -> None:
    settings, sources = gather(flags(), ENVIRONMENT)
    assert settings == WANTED
    assert sources["max-calls"] == "ROUTEGUIDE_MAX_CALLS"


@pytest.mark.parametrize("by_flag", [True, False])
def test_file(config: Path, by_flag: bool) -> None:
    """--print-config prints a file with the same settings."""
    if by_flag:
        settings, sources = gather(flags("--config", str(config)), {})
    else:
        settings, sources = gather(flags(), {"ROUTEGUIDE_CONFIG": str(config)})
    assert settings == WANTED
    assert sources["max-calls"] == str(config)


def test_underscores_in_a_file(config: Path) -> None:
    config.write_text("\ufeffmax_calls = 5\nmax_message_bytes = '2M'")
    settings, _ = gather(flags("--config", str(config)), {})
    assert (settings.serving.calls, settings.connections.message_bytes) == (5, 2 << 20)


def test_a_flag_overrides_the_environment_and_that_the_file(config: Path) -> None:
    config.write_text("max-calls = 1\nmax-streams = 1\nmax-notes = 1")
    settings, sources = gather(
        flags("--config", str(config), "--max-calls", "3"),
        {"ROUTEGUIDE_MAX_CALLS": "2", "ROUTEGUIDE_MAX_STREAMS": "2"},
    )
    limits = settings.serving
    assert (limits.calls, limits.streams, limits.notes) == (3, 2, 1)
    assert sources == {
        "max-calls": "--max-calls",
        "max-streams": "ROUTEGUIDE_MAX_STREAMS",
        "max-notes": str(config),
    }


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("max-calls = 0", "max-calls: '0' is not a whole number from 1"),
        ("max-calls = true", "max-calls: true is not a number or a string"),
        ("max-calls = [1]", "max-calls: [1] is not a number or a string"),
        ("max-calls = 3000000000", "max-calls: 3000000000 is over 2147483647"),
        ("max-calls = 1\nmax_calls = 2", "max-calls is set twice"),
        ("max-radius = -1", "max-radius: '-1' is not a number of meters from 0"),
        ("workers = 0", "workers: '0' is not a whole number from 1"),
        ("workers = 1025", "workers: 1025 is over 1024"),
        ("watch = 'yes'", 'watch: "yes" is not true or false'),
        ("grace = nan", "grace: 'nan' is not a number of seconds from 0"),
        ("keepalive = 0", "keepalive: '0' is not a number of seconds over 0"),
        ("keepalive = 1e9", "keepalive: '1000000000.0' is not from 0.001 to 2000000 seconds"),
        ("max-message-bytes = '4X'", "max-message-bytes: '4X' is not a number of bytes from 1"),
        ("max-message-bytes = '9G'", "max-message-bytes: '9G' is not a number of bytes from 1"),
        ("chat = 'all'", "chat: 'all' is not one of stream, shared"),
        ("max-stream = 1", "max-stream: unknown setting; did you mean max-streams?"),
        ("zzz = 1", "zzz: unknown setting; use one of address, db, watch, "),
        ("max-calls", "not TOML: "),
        ("max-calls = " + "9" * 5_000, "not TOML: "),
        ("max-calls = " + "[" * 50_000, "not TOML: "),
        ("db = ''", "db: the file name is empty"),
        ('db = "a\\u0000b"', 'db: "a\\u0000b" contains the invalid character'),
    ],
)
def test_an_invalid_file_is_explained(config: Path, text: str, fault: str) -> None:
    config.write_text(text)
    with pytest.raises(SettingsError) as caught:
        gather(flags("--config", str(config)), {})
    assert str(caught.value).startswith(f"{config}: {fault}")


@pytest.mark.parametrize("content", [None, b"\xff"])
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "serve.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError, match=str(path)):
        gather(flags("--config", str(path)), {})


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["--tls-cert", "c"], "--tls-key is missing"),
        (["--tls-key", "k"], "--tls-cert is missing"),
        (["--tls-client-ca", "c"], "--tls-client-ca needs --tls-cert"),
        (["--watch"], "--watch needs a file"),
    ],
)
def test_options_that_need_others(arguments: list[str], fault: str) -> None:
    with pytest.raises(SettingsError, match=fault):
        gather(flags(*arguments), {})


def test_an_invalid_flag_is_status_2_and_lists_the_valid_ones() -> None:
    ended = run("--log-level", "loud")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "'loud' is not one of debug, info, warning, error" in ended.stderr


def test_an_empty_file_name_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"^ROUTEGUIDE_DB: the file name is empty$"):
        gather({}, {"ROUTEGUIDE_DB": ""})
    ended = run("--db", "")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("routeguide serve: argument --db: the file name is empty; ")


def test_an_invalid_file_is_status_2_and_one_line(config: Path) -> None:
    config.write_text("max-calls = 0")
    ended = run("--config", str(config))
    assert (ended.returncode, ended.stdout) == (2, "")
    fault = "max-calls: '0' is not a whole number from 1"
    assert ended.stderr == f"routeguide serve: {config}: {fault}\n"


def test_print_config_names_the_source_of_each_setting(config: Path) -> None:
    config.write_text("max-calls = 5")
    ended = run("--config", str(config), "--no-reflection", "--print-config")
    assert (ended.returncode, ended.stderr) == (0, "")
    lines = ended.stdout.splitlines()
    assert f"max-calls = 5  # {config}" in lines
    assert "reflection = false  # --reflection" in lines
    assert "max-streams = 4000" in lines
    assert "# db = not set" in lines


def test_help_names_every_setting_and_its_default() -> None:
    text = " ".join(run("--help").stdout.split())
    for name in OPTIONS:
        assert f"--{name}" in text
    assert "(default: [::]:50051)" in text
