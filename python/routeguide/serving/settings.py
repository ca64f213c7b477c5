"""The settings of `routeguide serve`, from flags, the environment and a TOML file.

OPTIONS is the one table of them: the option `max-calls` is the flag `--max-calls`, the variable
ROUTEGUIDE_MAX_CALLS and the key `max-calls` of the file. Defaults stand in the dataclasses.
"""

from __future__ import annotations

import argparse
import difflib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

from routeguide.common import cli, extras
from routeguide.domain.noticeboard import NoticeboardLimits
from routeguide.feature_service.request_limits import RequestLimits
from routeguide.serving.limits import ConnectionLimits, ServingLimits

MAX_WORKERS = 1_024  # more than any machine needs; a typo must not start a million processes
ENVIRONMENT_PREFIX = "ROUTEGUIDE_"


class SettingsError(Exception):
    """An invalid setting; the text is one line: where it is, what is wrong, what is allowed."""


@dataclass(frozen=True)
class Settings:
    """All settings of a server. None means "not used"."""

    address: str = "[::]:50051"
    db: Path | None = None
    watch: bool = False
    chat: str = "stream"
    workers: int = 1
    grace_s: float = 5.0
    log_format: str = "plain"
    log_level: str = "info"
    access_log: bool = False
    metrics: str | None = None
    reflection: bool | None = None  # None: if it is installed
    tls_cert: Path | None = None
    tls_key: Path | None = None
    tls_client_ca: Path | None = None
    token_file: Path | None = None
    serving: ServingLimits = field(default_factory=ServingLimits)
    requests: RequestLimits = field(default_factory=RequestLimits)
    noticeboard: NoticeboardLimits = field(default_factory=NoticeboardLimits)
    connections: ConnectionLimits = field(default_factory=ConnectionLimits)


DEFAULTS = Settings()


def switch(text: str) -> bool:
    """Parse true or false, yes or no, on or off, 1 or 0."""
    word = text.strip().lower()
    if word in ("1", "true", "yes", "on"):
        return True
    if word in ("0", "false", "no", "off"):
        return False
    raise argparse.ArgumentTypeError(f"{text!r} is not one of true, false, yes, no, on, off, 1, 0")


def file_path(text: str) -> Path:
    """Parse the path of a file. The empty path is refused: it means the current folder."""
    if not text:
        raise argparse.ArgumentTypeError("the file name is empty")
    return Path(text)


def byte_count(text: str) -> int:
    """Parse a number of bytes from 1; K, M and G stand for units of 1024."""
    digits, unit = text.strip(), 1
    for letter, factor in (("K", 1 << 10), ("M", 1 << 20), ("G", 1 << 30)):
        if digits.upper().endswith(letter):
            digits, unit = digits[:-1], factor
    try:
        return cli.at_most(cli.MOST, cli.positive_count(digits) * unit)
    except argparse.ArgumentTypeError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a number of bytes from 1 to 2147483647, such as 65536, 64K or 4M"
        ) from None


def worker_count(text: str) -> int:
    """Parse a whole number from 1 to MAX_WORKERS."""
    return cli.at_most(MAX_WORKERS, cli.positive_count(text))


def duration_s(text: str) -> float:
    """Parse seconds that gRPC can represent in milliseconds."""
    number = cli.positive_seconds(text)
    if not 0.001 <= number <= 2_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not from 0.001 to 2000000 seconds")
    return number


class Kind(NamedTuple):
    """A kind of value. `parse` raises argparse.ArgumentTypeError; a switch has no metavar."""

    parse: Callable[[str], Any]
    metavar: str | None


def one_of(*allowed: str) -> Kind:
    """Make a kind that accepts only the words `allowed`."""

    def parse(text: str) -> str:
        if text not in allowed:
            raise argparse.ArgumentTypeError(f"{text!r} is not one of {', '.join(allowed)}")
        return text

    return Kind(parse, "|".join(allowed))


ADDRESS = Kind(cli.listen_address, "HOST:PORT")
BYTES = Kind(byte_count, "BYTES")
CHARACTERS = Kind(cli.count, "CHARACTERS")
COUNT = Kind(cli.count, "COUNT")
FILE = Kind(file_path, "FILE")
METERS = Kind(cli.distance, "METERS")
MILLISECONDS = Kind(duration_s, "SECONDS")  # the resolution of gRPC
SECONDS = Kind(cli.positive_seconds, "SECONDS")
SECONDS_OR_0 = Kind(cli.seconds, "SECONDS")
SWITCH = Kind(switch, None)
WORKERS = Kind(worker_count, "COUNT")


class Option(NamedTuple):
    """One setting. `fields` are the fields of Settings that it fills, separated by spaces."""

    name: str
    fields: str
    kind: Kind
    help: str

    def value_in(self, settings: Settings) -> Any:
        return attrgetter(self.fields.split()[0])(settings)


# A row for each option.
# fmt: off
_LOG_LEVEL = one_of("debug", "info", "warning", "error")
_TABLE: dict[str, tuple[tuple[str, str, Kind, str], ...]] = {
    "service": (
        ("address", "address", ADDRESS, "where to listen; port 0 is any free port"),
        ("db", "db", FILE,
         "a snapshot, or JSON as in the tutorials; by default the package's 100 features"),
        ("watch", "watch", SWITCH, "load the file again when it is replaced, as on SIGHUP"),
        ("chat", "chat", one_of("stream", "shared"),
         "answer RouteChat with earlier notes of the same stream, or of all clients"),
        ("chat-notes", "noticeboard.notes_in_all", COUNT, "latest notes that a shared chat keeps"),
        ("chat-age", "noticeboard.age_s", SECONDS, "how long it keeps a note"),
        ("chat-unread", "noticeboard.unread", COUNT,
         "notes of others that may wait for a client before its stream is ended"),
    ),
    "life": (
        ("workers", "workers", WORKERS,
         "processes that share the port; each serves part of the connections"),
        ("grace", "grace_s", SECONDS_OR_0,
         "how long running calls may take to end after SIGTERM or Ctrl-C"),
    ),
    "observing": (
        ("log-format", "log_format", one_of("plain", "json"), "format of log lines"),
        ("log-level", "log_level", _LOG_LEVEL, "lowest level to log"),
        ("access-log", "access_log", SWITCH,
         "log a line for each call: method, status, time, client"),
        ("metrics", "metrics", ADDRESS,
         "where to answer Prometheus; the second worker uses the next port, and so on"),
        ("reflection", "reflection", SWITCH,
         "describe the services to clients such as grpcurl; by default if it is installed"),
    ),
    "access": (
        ("tls-cert", "tls_cert", FILE, "the server's certificate chain, PEM"),
        ("tls-key", "tls_key", FILE, "its private key, PEM"),
        ("tls-client-ca", "tls_client_ca", FILE,
         "accept only clients with a certificate from one of these authorities, PEM"),
        ("token-file", "token_file", FILE,
         "accept only calls with a bearer token from this file"),
    ),
    "limits": (
        ("max-calls", "serving.calls", COUNT, "running calls without a stream, for each worker"),
        ("max-streams", "serving.streams", COUNT, "open calls with a stream, for each worker"),
        ("max-message-bytes", "connections.message_bytes", BYTES,
         "largest request; K, M and G may follow"),
        ("max-notes", "serving.notes", COUNT, "notes that one stream of RouteChat may send"),
        ("max-notes-at-place", "serving.notes_at_place noticeboard.notes_at_place", COUNT,
         "notes at one place; a shared chat drops the oldest, a stream's own refuses more"),
        ("max-note-length", "serving.note_length", CHARACTERS, "longest note"),
        ("max-route-points", "serving.route_points", COUNT,
         "points that one stream of RecordRoute may send"),
        ("max-batch-points", "requests.batch_points", COUNT,
         "points that one BatchGetFeatures may ask for"),
        ("max-nearest", "requests.nearest_k", COUNT,
         "features that one NearestFeatures may ask for"),
        ("max-page-size", "requests.page_size", COUNT,
         "features in a page, even if a client asks for more"),
        ("max-radius", "requests.radius_m", METERS, "largest radius of FeaturesWithin"),
        ("max-route-vertices", "requests.route_vertices", COUNT,
         "vertices that a route of FeaturesAlongRoute may have"),
        ("max-half-width", "requests.half_width_m", METERS,
         "largest distance from the route of FeaturesAlongRoute"),
    ),
    "connections": (
        ("keepalive", "connections.keepalive_s", MILLISECONDS,
         "interval of pings to silent clients"),
        ("keepalive-timeout", "connections.keepalive_timeout_s", MILLISECONDS,
         "how long the answer to a ping may take"),
        ("max-connection-idle", "connections.idle_s", MILLISECONDS,
         "close a connection that has had no call for this long"),
        ("max-connection-age", "connections.age_s", MILLISECONDS,
         "close a connection after this, so that clients reconnect and spread over workers;"
         " running calls may end"),
    ),
}
# fmt: on
GROUPS = {title: [Option(*row) for row in rows] for title, rows in _TABLE.items()}
OPTIONS = {option.name: option for group in GROUPS.values() for option in group}


def _variable(name: str) -> str:
    return ENVIRONMENT_PREFIX + name.replace("-", "_").upper()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add a flag for each option. One that is not given leaves nothing in the namespace."""
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="TOML file of settings", default=None
    )
    parser.add_argument(
        "--print-config",
        action="store_true",
        help="print all settings as such a file, each with its source, and exit",
    )
    for title, options in GROUPS.items():
        group = parser.add_argument_group(title)
        for option in options:
            default = option.value_in(DEFAULTS)
            shown = "" if default is None else f" (default: {_as_text(default)})"
            how: dict[str, Any] = {"type": option.kind.parse, "metavar": option.kind.metavar}
            if option.kind is SWITCH:
                how = {"action": argparse.BooleanOptionalAction}
            how |= {"dest": option.name, "default": argparse.SUPPRESS, "help": option.help + shown}
            group.add_argument(f"--{option.name}", **how)
    parser.epilog = (
        "Each option can also be set in the environment (--max-streams as"
        " ROUTEGUIDE_MAX_STREAMS) or in the file of --config (max-streams = 100). A flag takes"
        " precedence over the environment, and the environment over the file."
    )


def settings_of(values: Mapping[str, Any]) -> Settings:
    """Return Settings with the values of some options, by name, and defaults for the rest."""
    parts: dict[str, dict[str, Any]] = {"": {}}
    for name, value in values.items():
        for path in OPTIONS[name].fields.split():
            part, _, attribute = path.rpartition(".")
            parts.setdefault(part, {})[attribute] = value
    own = parts.pop("")
    nested = {part: replace(getattr(DEFAULTS, part), **given) for part, given in parts.items()}
    return replace(DEFAULTS, **own, **nested)


def gather(
    flags: Mapping[str, Any], environment: Mapping[str, str]
) -> tuple[Settings, dict[str, str]]:
    """Return the settings and, by name, the source of each option that is set.

    `flags` is a namespace made by `add_arguments`, as a dict. Raises SettingsError.
    """
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    config = flags.get("config") or environment.get(_variable("config")) or None
    if config is not None:
        for key, value in _read_file(Path(config)).items():
            name = _known_name(key, config)
            if name in sources:
                raise SettingsError(f"{config}: {name} is set twice")
            values[name] = _parse_file_value(name, value, f"{config}: {key}")
            sources[name] = str(config)
    for name in OPTIONS:
        variable = _variable(name)
        if variable in environment:
            values[name] = _parse(name, environment[variable], variable)
            sources[name] = variable
        if name in flags:
            values[name] = flags[name]
            sources[name] = f"--{name}"
    return _checked(settings_of(values)), sources


def _checked(settings: Settings) -> Settings:
    """Return the settings if they are valid together."""
    if (settings.tls_cert is None) != (settings.tls_key is None):
        missing = "tls-key" if settings.tls_key is None else "tls-cert"
        raise SettingsError(f"--{missing} is missing: a certificate and its key go together")
    if settings.tls_client_ca is not None and settings.tls_cert is None:
        raise SettingsError("--tls-client-ca needs --tls-cert and --tls-key")
    if settings.watch and settings.db is None:
        raise SettingsError("--watch needs a file to watch: --db FILE")
    return settings


def _read_file(path: Path) -> dict[str, Any]:
    toml: Any
    try:
        import tomllib as toml
    except ModuleNotFoundError:  # before Python 3.11
        try:
            import tomli as toml  # type: ignore[no-redef,import-not-found,unused-ignore]
        except ModuleNotFoundError as error:
            text = extras.missing("TOML before Python 3.11", "tomli", "server")
            raise SettingsError(f"{path}: {text}") from error
    try:
        with open(path, encoding="utf-8-sig") as file:  # some editors write a byte order mark
            return dict(toml.loads(file.read()))
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:  # also raised for very long numbers
        raise SettingsError(f"{path}: not TOML: {error}") from error


def _known_name(key: str, config: str | Path) -> str:
    """Return the option that a key of the file names; underscores stand for hyphens."""
    name = key.replace("_", "-")
    if name in OPTIONS:
        return name
    close = difflib.get_close_matches(key, OPTIONS, 1)
    hint = f"did you mean {close[0]}?" if close else f"use one of {', '.join(OPTIONS)}"
    raise SettingsError(f"{config}: {key}: unknown setting; {hint}")


def _parse_file_value(name: str, value: Any, where: str) -> Any:
    is_switch = OPTIONS[name].kind is SWITCH
    if not isinstance(value, (str, int, float)) or isinstance(value, bool) != is_switch:
        wanted = "true or false" if is_switch else "a number or a string"
        raise SettingsError(f"{where}: {json.dumps(value, default=str)} is not {wanted}")
    if "\0" in str(value):
        raise SettingsError(f"{where}: {json.dumps(value)} contains the invalid character \\0")
    return value if is_switch else _parse(name, str(value), where)


def _parse(name: str, text: str, where: str) -> Any:
    try:
        return OPTIONS[name].kind.parse(text)
    except (argparse.ArgumentTypeError, ValueError) as error:
        raise SettingsError(f"{where}: {error}") from error


def as_toml(settings: Settings, sources: Mapping[str, str]) -> str:
    """Format the settings as a file for --config, with the source of each in a comment."""
    lines = []
    for name, option in OPTIONS.items():
        value = option.value_in(settings)
        line = f"# {name} = not set" if value is None else f"{name} = {_as_toml_value(value)}"
        lines.append(f"{line}  # {sources[name]}" if name in sources else line)
    return "\n".join(lines) + "\n"


def _as_toml_value(value: Any) -> str:
    if isinstance(value, (bool, int, float)):
        return _as_text(value)
    # TOML has JSON's strings, except for its escapes of characters over U+FFFF.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
