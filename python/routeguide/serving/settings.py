"""What `routeguide serve` can be told, and by whom: flags, then the environment, then a file.

The fields of Settings are the one table of it all: a field `max_streams` is the flag
`--max-streams`, the variable ROUTEGUIDE_MAX_STREAMS and the key `max-streams` of the TOML file.
"""

from __future__ import annotations

import argparse
import dataclasses
import difflib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, get_type_hints

from routeguide.common import cli, extras
from routeguide.common.cli import count
from routeguide.feature_service.request_limits import RequestLimits

OF_REQUESTS = RequestLimits()
MOST_WORKERS = 1_024  # far more than any machine has a use for, and no process too many by a typo
ENVIRONMENT_PREFIX = "ROUTEGUIDE_"


class SettingsError(Exception):
    """A setting that cannot be; the text is one line: where it is, what is wrong, what may be."""


@dataclasses.dataclass(frozen=True)
class About:
    """What a field of Settings is annotated with. `parse` raises argparse.ArgumentTypeError."""

    parse: Callable[[str], Any]
    metavar: str | None
    group: str
    help: str


def switch(text: str) -> bool:
    """On or off, in the words that people use."""
    word = text.strip().lower()
    if word in ("1", "true", "yes", "on"):
        return True
    if word in ("0", "false", "no", "off"):
        return False
    raise argparse.ArgumentTypeError(f"{text!r} is not one of true, false, yes, no, on, off, 1, 0")


def one_of(*allowed: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in allowed:
            raise argparse.ArgumentTypeError(f"{text!r} is not one of {', '.join(allowed)}")
        return text

    return parse


def file_path(text: str) -> Path:
    """Of a file; the empty path would be the folder that the process is in."""
    if not text:
        raise argparse.ArgumentTypeError("the name of the file is empty")
    return Path(text)


def byte_count(text: str) -> int:
    """A number of bytes from 1, with K, M or G for units of 1024."""
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
    """A whole number from 1 to MOST_WORKERS."""
    return cli.at_most(MOST_WORKERS, cli.positive_count(text))


def duration_s(text: str) -> float:
    """Seconds over 0 that gRPC can count in milliseconds."""
    number = cli.positive_seconds(text)
    if not 0.001 <= number <= 2_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not from 0.001 to 2000000 seconds")
    return number


@dataclasses.dataclass(frozen=True)
class Settings:
    """All of them, checked one by one. None stands for 'not wanted'."""

    address: Annotated[
        str,
        cli.listen_address,
        "HOST:PORT",
        "what is served",
        "where to listen; port 0 is any that is free",
    ] = "[::]:50051"
    db: Annotated[
        Path | None,
        file_path,
        "FILE",
        "what is served",
        "a snapshot, or JSON as in the tutorials; by default the package's 100 features",
    ] = None
    watch: Annotated[
        bool,
        switch,
        None,
        "what is served",
        "load the file again when it is replaced, as a SIGHUP has it done",
    ] = False
    chat: Annotated[
        str,
        one_of("stream", "shared"),
        "stream|shared",
        "what is served",
        "whose earlier notes RouteChat answers with: those of the same stream, or everybody's",
    ] = "stream"
    chat_notes: Annotated[
        int, count, "COUNT", "what is served", "notes that a shared chat keeps in all, the latest"
    ] = 100_000
    chat_age: Annotated[
        float, cli.positive_seconds, "SECONDS", "what is served", "how long it keeps a note"
    ] = 86_400.0
    chat_unread: Annotated[
        int,
        count,
        "COUNT",
        "what is served",
        "others' notes that a stream may be behind before it loses its place",
    ] = 1_000
    workers: Annotated[
        int,
        worker_count,
        "COUNT",
        "life",
        "processes that share the port, each of which serves a part of the connections",
    ] = 1
    grace: Annotated[
        float,
        cli.seconds,
        "SECONDS",
        "life",
        "how long running calls may take to end after SIGTERM or Ctrl-C",
    ] = 5.0
    log_format: Annotated[
        str, one_of("plain", "json"), "plain|json", "watching", "how log lines are written"
    ] = "plain"
    log_level: Annotated[
        str,
        one_of("debug", "info", "warning", "error"),
        "debug|info|warning|error",
        "watching",
        "from which level on",
    ] = "info"
    access_log: Annotated[
        bool, switch, None, "watching", "log a line for each call: method, status, time, client"
    ] = False
    metrics: Annotated[
        str | None,
        cli.listen_address,
        "HOST:PORT",
        "watching",
        "where to answer Prometheus; the second worker has the next port, and so on",
    ] = None
    reflection: Annotated[
        bool | None,
        switch,
        None,
        "watching",
        "tell clients such as grpcurl what can be called; by default where it is installed",
    ] = None
    tls_cert: Annotated[
        Path | None, file_path, "FILE", "who may call", "the server's certificate chain, PEM"
    ] = None
    tls_key: Annotated[Path | None, file_path, "FILE", "who may call", "its private key, PEM"] = (
        None
    )
    tls_client_ca: Annotated[
        Path | None,
        file_path,
        "FILE",
        "who may call",
        "let in only clients with a certificate from one of these, PEM",
    ] = None
    token_file: Annotated[
        Path | None,
        file_path,
        "FILE",
        "who may call",
        "let in only calls with a bearer token from this file",
    ] = None
    max_calls: Annotated[
        int, count, "COUNT", "limits", "calls of one answer that may run at a time, a worker"
    ] = 1_000
    max_streams: Annotated[
        int, count, "COUNT", "limits", "streams, either way, that may be open at a time, a worker"
    ] = 4_000
    max_message_bytes: Annotated[
        int, byte_count, "BYTES", "limits", "the largest request; K, M and G may follow"
    ] = 4 << 20
    max_notes: Annotated[
        int, count, "COUNT", "limits", "notes that one stream of RouteChat may send"
    ] = 100_000
    max_notes_at_place: Annotated[
        int,
        count,
        "COUNT",
        "limits",
        "notes at one place; a shared chat drops the oldest, a stream's own refuses more",
    ] = 1_000
    max_note_length: Annotated[int, count, "CHARACTERS", "limits", "the longest note"] = 4_096
    max_route_points: Annotated[
        int, count, "COUNT", "limits", "points that one stream of RecordRoute may send"
    ] = 10_000_000
    max_batch_points: Annotated[
        int, count, "COUNT", "limits", "points that one BatchGetFeatures may ask for"
    ] = OF_REQUESTS.batch_points
    max_nearest: Annotated[
        int, count, "COUNT", "limits", "features that one NearestFeatures may ask for"
    ] = OF_REQUESTS.nearest_k
    max_page_size: Annotated[
        int, count, "COUNT", "limits", "features of a page, where a client asks for more"
    ] = OF_REQUESTS.page_size
    max_radius: Annotated[
        float, cli.distance, "METRES", "limits", "the largest circle of FeaturesWithin"
    ] = OF_REQUESTS.radius_m
    max_route_vertices: Annotated[
        int, count, "COUNT", "limits", "vertices that a route of FeaturesAlongRoute may have"
    ] = OF_REQUESTS.route_vertices
    max_half_width: Annotated[
        float, cli.distance, "METRES", "limits", "how far from its route FeaturesAlongRoute looks"
    ] = OF_REQUESTS.half_width_m
    keepalive: Annotated[
        float | None,
        duration_s,
        "SECONDS",
        "connections",
        "ask a silent client this often if it is there",
    ] = None
    keepalive_timeout: Annotated[
        float, duration_s, "SECONDS", "connections", "how long its answer may take"
    ] = 20.0
    max_connection_idle: Annotated[
        float | None,
        duration_s,
        "SECONDS",
        "connections",
        "close a connection without calls after this",
    ] = None
    max_connection_age: Annotated[
        float | None,
        duration_s,
        "SECONDS",
        "connections",
        "have clients connect anew after this, and so spread over workers; calls may end",
    ] = None


DEFAULTS = Settings()
ABOUT: dict[str, About] = {
    name: About(*hint.__metadata__)
    for name, hint in get_type_hints(Settings, include_extras=True).items()
}


def _flag_name(name: str) -> str:
    return name.replace("_", "-")


def _variable(name: str) -> str:
    return ENVIRONMENT_PREFIX + name.upper()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of all settings. One that is not given leaves nothing in the namespace."""
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="TOML file of settings", default=None
    )
    parser.add_argument(
        "--print-config",
        action="store_true",
        help="print the settings as such a file, each with where it is from, and serve nothing",
    )
    groups: dict[str, Any] = {}
    for name, about in ABOUT.items():
        group = groups.get(about.group) or parser.add_argument_group(about.group)
        groups[about.group] = group
        default = getattr(DEFAULTS, name)
        told = "" if default is None else f" (default: {_as_text(default)})"
        options: dict[str, Any] = {
            "dest": name,
            "default": argparse.SUPPRESS,
            "help": about.help + told,
        }
        if about.parse is switch:
            options["action"] = argparse.BooleanOptionalAction
        else:
            options |= {"type": about.parse, "metavar": about.metavar}
        group.add_argument(f"--{_flag_name(name)}", **options)
    parser.epilog = (
        "Each option can also be set in the environment (--max-streams as"
        " ROUTEGUIDE_MAX_STREAMS) or in the file of --config (max-streams = 100). A flag goes"
        " before the environment, and that before the file."
    )


def gather(
    flags: Mapping[str, Any], environment: Mapping[str, str]
) -> tuple[Settings, dict[str, str]]:
    """The settings, and for each that was given by whom.

    `flags` are values as add_arguments makes them. Raises SettingsError.
    """
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    config = flags.get("config") or environment.get(_variable("config")) or None
    if config is not None:
        for key, value in _read_file(Path(config)).items():
            name = _named(key, config)
            if name in sources:
                raise SettingsError(f"{config}: {_flag_name(name)} is there twice")
            values[name] = _parse_file_value(name, value, f"{config}: {key}")
            sources[name] = str(config)
    for name in ABOUT:
        variable = _variable(name)
        if variable in environment:
            values[name] = _parse(name, environment[variable], variable)
            sources[name] = variable
    for name in ABOUT:
        if name in flags:
            values[name] = flags[name]
            sources[name] = f"--{_flag_name(name)}"
    return _checked_together(Settings(**values)), sources


def _checked_together(settings: Settings) -> Settings:
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
        with open(path, encoding="utf-8-sig") as file:  # some editors begin with a mark
            return dict(toml.loads(file.read()))
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:  # beside errors of TOML, numbers of any length
        raise SettingsError(f"{path}: not TOML: {error}") from error


def _named(key: str, config: str | Path) -> str:
    """The field that a key of the file means; `max_streams` is as good as `max-streams`."""
    name = key.replace("-", "_")
    if name in ABOUT:
        return name
    allowed = [_flag_name(field) for field in ABOUT]
    close = difflib.get_close_matches(key, allowed, 1)
    hint = f"did you mean {close[0]}?" if close else f"may be one of {', '.join(allowed)}"
    raise SettingsError(f"{config}: {key}: there is no such setting; {hint}")


def _parse_file_value(name: str, value: Any, where: str) -> Any:
    is_switch = ABOUT[name].parse is switch
    if not isinstance(value, (str, int, float)) or isinstance(value, bool) != is_switch:
        wanted = "true or false" if is_switch else "a number or a string"
        raise SettingsError(f"{where}: {json.dumps(value, default=str)} is not {wanted}")
    if "\0" in str(value):
        raise SettingsError(f"{where}: {json.dumps(value)} has a character that cannot be, \\0")
    return value if is_switch else _parse(name, str(value), where)


def _parse(name: str, text: str, where: str) -> Any:
    try:
        return ABOUT[name].parse(text)
    except (argparse.ArgumentTypeError, ValueError) as error:
        raise SettingsError(f"{where}: {error}") from error


def as_toml(settings: Settings, sources: Mapping[str, str]) -> str:
    """A file for --config that says the same as `settings`."""
    lines = []
    for name in ABOUT:
        value = getattr(settings, name)
        line = f"{_flag_name(name)} = {_as_toml_value(value)}"
        lines.append(f"# {_flag_name(name)} = not set" if value is None else line)
        if name in sources:
            lines[-1] += f"  # {sources[name]}"
    return "\n".join(lines) + "\n"


def _as_toml_value(value: Any) -> str:
    if isinstance(value, (bool, int, float)):
        return _as_text(value)
    return json.dumps(str(value))


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
