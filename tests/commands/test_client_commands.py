"""The client commands: the same answers from a file and from a server, in every format."""

import argparse
import contextlib
import csv
import io
import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from routeguide.client.client import Client
from routeguide.client.feature_queries import FeatureQueries
from routeguide.client.features import Feature, NearbyFeature
from routeguide.commands import answers
from routeguide.commands.completion import SHELLS
from routeguide.commands.local import LocalFeatures
from routeguide.commands.main import COMMANDS
from routeguide.domain import dataset
from routeguide.domain.dataset import Datasets
from routeguide.domain.earth import E7
from routeguide.feature_service.aio_feature_servicer import FeatureServicer
from routeguide.feature_service.request_limits import RequestLimits
from routeguide.rpc.registration import add_feature_service, add_route_guide
from routeguide.tutorial.aio_route_guide_servicer import RouteGuideServicer
from support.commands import Command, modules_of, run, shown_on_a_terminal
from support.feature_serving import dataset_of
from support.serving import LoopThread, started

from routeguide_c import FeatureIndex

PLACES = [
    ("Vienna", 48.20849, 16.37208),
    ("Bratislava", 48.14816, 17.10674),
    ("", 48.2, 16.4),
    ("Suva", -18.1368300, 178.42531),
    ('Apia, "Samoa"\t東京', -13.83333, -171.76666),
    ("Vienna", 48.20849, 16.37208),
]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("places") / "places.rgx"
    points = [(round(lat * E7), round(lon * E7)) for _, lat, lon in PLACES]
    dataset_of(points, [name for name, _, _ in PLACES]).index.save(path)
    return path


@pytest.fixture(scope="module")
def address(snapshot: Path, loop_thread: LoopThread) -> Iterator[str]:
    datasets = Datasets(dataset.load(snapshot))

    def register(server: grpc.Server | grpc.aio.Server) -> None:
        add_route_guide(RouteGuideServicer(datasets.current.index), server)
        add_feature_service(FeatureServicer(datasets, RequestLimits()), server)

    with started("asyncio", register, loop_thread) as served:
        yield served


@pytest.fixture(scope="module")
def silent() -> Iterator[str]:
    """The address of a server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def route(tmp_path: Path) -> Path:
    path = tmp_path / "route.csv"
    path.write_text("latitude,longitude\n48.20849,16.37208\n48.14816,17.10674\n")
    return path


def questions(route: Path) -> dict[str, list[object]]:
    return {
        "get": ["get", 48.20849, 16.37208, -18.13683, 178.42531],
        "list": ["list", 49, 18, 48, 16],
        "search": ["search", 48, 16, 49, 18],
        "across the antimeridian": ["search", -20, 178, -10, -171],
        "named": ["search", -90, -180, 90, 180, "--named-only"],
        "limited": ["search", -90, -180, 90, 180, "--limit", 2],
        "nearest": ["nearest", 48.2, 16.37, "-k", 3],
        "nearest, not too far": ["nearest", 48.2, 16.37, "--max-distance", 3000],
        "within": ["within", 48.2, 16.37, 5000],
        "within, limited": ["within", 48.2, 16.37, 5000, "--limit", 1],
        "along": ["along", route, "--half-width", 4000],
        "record": ["record", route],
    }


@pytest.mark.parametrize("question", questions(Path()))
def test_a_file_and_a_server_give_the_same_answer(
    question: str, snapshot: Path, address: str, route: Path, command: Command
) -> None:
    name, *rest = questions(route)[question]
    local = command.printed(name, snapshot, *rest)
    assert local
    assert command.printed(name, address, *rest) == local


def test_a_file_and_a_server_give_the_same_values(snapshot: Path, address: str) -> None:
    queries: list[Callable[[FeatureQueries], Any]] = [
        lambda source: source.get_features([(482084900, 163720800), (0, 0)]),
        lambda source: source.list_features(0, 0, 900000000, 1800000000),
        lambda source: source.search(-900000000, -1800000000, 900000000, 1800000000),
        lambda source: source.nearest(482000000, 163700000, 3),
        lambda source: source.within(482000000, 163700000, 5000),
        lambda source: source.along([482084900, 481481600], [163720800, 171067400], 4000),
    ]
    local = LocalFeatures(FeatureIndex.open(snapshot))
    with Client(address) as client:
        for query in queries:
            values = list(query(local))
            assert values == list(query(client))
            assert [type(value) for value in values] == [type(value) for value in query(client)]


def rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def names(text: str) -> list[str]:
    return [row["name"] for row in rows(text)]


def test_the_answers_are_right(snapshot: Path, route: Path, command: Command) -> None:
    def ask(question: str) -> str:
        name, *rest = questions(route)[question]
        return command.printed(name, snapshot, *rest)

    assert names(ask("get")) == ["Vienna", "Suva"]
    assert names(ask("list")) == names(ask("search")) == ["Vienna", "Bratislava", "", "Vienna"]
    assert names(ask("across the antimeridian")) == ["Suva", 'Apia, "Samoa"\t東京']
    assert "" not in names(ask("named"))
    assert names(ask("limited")) == ["Vienna", "Bratislava"]
    assert names(ask("nearest")) == ["Vienna", "Vienna", ""]
    assert names(ask("nearest, not too far")) == ["Vienna", "Vienna", ""]
    assert names(ask("within")) == ["Vienna", "Vienna", ""]
    assert names(ask("within, limited")) == ["Vienna"]
    assert names(ask("along")) == ["Vienna", "Vienna", "", "Bratislava"]
    (summary,) = rows(ask("record"))
    assert summary == {
        "point_count": 2, "feature_count": 2, "distance_m": 54883, "elapsed_time_s": 0
    }  # fmt: skip


def test_distances_and_sides_are_columns(snapshot: Path, route: Path, command: Command) -> None:
    first, *_, last = rows(command.printed("along", snapshot, route, "--half-width", 4000))
    assert (first["along_m"], first["offset_m"], first["side"]) == (0, 0, "on")
    assert last["along_m"] == pytest.approx(54883.7, abs=0.1)
    (nearest,) = rows(command.printed("nearest", snapshot, 48.2, 16.37, "-k", 1))
    assert nearest["distance_m"] == pytest.approx(956.55, abs=0.01)


def parsed(form: str, text: str) -> list[tuple[Any, ...]]:
    """Return name, latitude and longitude of each feature that was printed."""
    if form == "jsonl":
        return [tuple(row.values()) for row in rows(text)]
    if form == "csv":
        return [
            (name, float(lat), float(lon))
            for name, lat, lon in [*csv.reader(io.StringIO(text))][1:]
        ]
    return [
        (each["properties"]["name"], *reversed(each["geometry"]["coordinates"]))
        for each in json.loads(text)["features"]
    ]


@pytest.mark.parametrize("form", answers.FORMATS)
@pytest.mark.parametrize("units", ["degrees", "e7"])
def test_every_format_has_every_feature(
    form: str, units: str, snapshot: Path, command: Command
) -> None:
    scale = E7 if units == "e7" else 1
    corners = [number * scale for number in (-90, -180, 90, 180)]
    options = ["--format", form, *(["--e7"] if units == "e7" else [])]
    text = command.printed("search", snapshot, *corners, *options)
    if form == "geojson" or units == "degrees":
        wanted = PLACES
    else:
        wanted = [(name, round(lat * E7), round(lon * E7)) for name, lat, lon in PLACES]
    if form != "table":
        assert parsed(form, text) == wanted
        return
    heading, *lines = text.splitlines()
    assert heading.split() == ["latitude", "longitude", "name"]
    assert len(lines) == len(PLACES)
    assert lines[4].endswith('Apia, "Samoa"\\t東京')
    assert [float(line.split()[0]) for line in lines] == [lat for _, lat, _ in wanted]


def test_every_format_has_an_empty_answer(snapshot: Path, command: Command) -> None:
    nowhere = ("search", snapshot, 1, 1, 2, 2)
    assert command.printed(*nowhere) == ""
    assert command.printed(*nowhere, "--format", "csv") == "name,latitude,longitude\n"
    near = ("nearest", snapshot, 1, 1, "--max-distance", 1, "--format", "csv")
    assert command.printed(*near) == "name,latitude,longitude,distance_m\n"
    found = json.loads(command.printed(*nowhere, "--format", "geojson"))
    assert found == {"type": "FeatureCollection", "features": []}
    assert command(*nowhere, "--format", "table") == (0, "", "nothing found\n")


def test_get_reports_points_without_a_feature(
    snapshot: Path, address: str, command: Command
) -> None:
    for source in (snapshot, address):
        ended = command("get", source, 48.2, 16.4, 1, 2)
        assert (ended.status, names(ended.out)) == (3, [""])
        assert ended.err == "routeguide get: no feature at 1.0000000 2.0000000\n"


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["info", "localhost:1"], 1, "localhost:1: UNAVAILABLE: "),
        (["nearest", "nowhere.rgx", 1, 2], 2, "nowhere.rgx: no such file, and not HOST:PORT"),
        (["nearest", "{snapshot}", 91, 2], 2, "91: a latitude is within 90 degrees"),
        (["nearest", "{snapshot}", 482084900, 2], 2, "for E7 numbers add --e7"),
        (["nearest", "{snapshot}", 1.5, 2, "--e7"], 2, "a latitude in E7 is a whole number"),
        (["search", "{snapshot}", 2, 1, 1, 2], 2, "SOUTH must not exceed NORTH"),
        (["get", "{snapshot}", 2, 1, 1], 2, "a point is a latitude and a longitude"),
        (["along", "{snapshot}", "no.gpx"], 2, "no.gpx: No such file or directory"),
        (["nearest", "{folder}", 1, 2], 2, "Is a directory"),
        (["nearest", "{text}", 1, 2], 2, "text.json: "),
        (["nearest", "{truncated}", 1, 2], 2, "not a sound snapshot"),
        (["nearest", "localhost:1", 1, 2], 1, "localhost:1: UNAVAILABLE: "),
        (["nearest", "localhost:1", 1, 2, "--tls-ca", "no.pem"], 2, "no.pem: No such file"),
        (["nearest", "localhost:1", 1, 2, "--token-file", "no.txt"], 2, "no.txt: No such file"),
        (["nearest", "localhost:1", 1, 2, "--tls-cert", "c"], 2, "--tls-cert and --tls-key go"),
        (["within", "{address}", 1, 2, 99999999], 1, "INVALID_ARGUMENT: METERS: 99999999.0 is"),
        (["along", "{address}", "{route}", "--half-width", 100001], 1, "--half-width: 100001.0 is"),
        (["list", "{silent}", 1, 1, 2, 2, "--timeout", 0.1], 1, "use `search`, which is faster"),
        (["search", "{silent}", 1, 1, 2, 2, "--timeout", 0.1], 1, "; allow more time with --tim"),
        (["nearest", "{address}", 1, 2, "--tls"], 1, "try without --tls"),
        (["chat", "{snapshot}"], 2, "is not HOST:PORT"),
    ],
)
def test_a_failure_is_one_line(
    arguments: list[object],
    status: int,
    message: str,
    snapshot: Path,
    address: str,
    silent: str,
    route: Path,
    tmp_path: Path,
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    text, truncated = tmp_path / "text.json", tmp_path / "truncated.rgx"
    text.write_text("hello")
    truncated.write_bytes(snapshot.read_bytes()[:-1])
    places: dict[str, object] = {
        "{snapshot}": snapshot,
        "{folder}": tmp_path,
        "{text}": text,
        "{truncated}": truncated,
        "{address}": address,
        "{silent}": silent,
        "{route}": route,
    }
    given = [places.get(str(argument), argument) for argument in arguments]
    assert message in command.refused(*given, status=status)


@pytest.mark.parametrize(
    "arguments",
    [["nearest", "x", "north", "2"], ["nearest"], ["nonsense"], ["get", "x", "1", "2", "--fromat"]],
)
def test_wrong_usage_ends_with_2(arguments: list[str], command: Command) -> None:
    ended = command(*arguments)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("routeguide")
    assert ended.err.count("\n") == 1
    assert "--help" in ended.err


def test_chat_prints_earlier_notes(address: str) -> None:
    notes = "0 0 first\n0 1 elsewhere\n0 0 second\nnonsense\n99 0 off the Earth\n0, 0 third one\n"
    ended = run("chat", address, input=notes.encode())
    assert ended.returncode == 0
    assert ended.stdout.splitlines() == [
        "0.0000000 0.0000000 first",
        "0.0000000 0.0000000 first",
        "0.0000000 0.0000000 second",
    ]
    wrong, off = ended.stderr.splitlines()
    assert wrong.startswith("routeguide chat: expected latitude, longitude and a message")
    assert "a latitude is within 90 degrees" in off


def test_a_file_needs_no_grpc(snapshot: Path) -> None:
    """Importing it would take longer than the answer."""
    heavy = {"grpc", "google.protobuf", "msgspec", "numpy", "asyncio", "dataclasses", "inspect"}
    assert not modules_of("nearest", snapshot, "48", "16") & heavy


def test_on_a_terminal_it_is_a_table(snapshot: Path) -> None:
    text = shown_on_a_terminal("nearest", snapshot, "48.2", "16.37", stream="stdout")
    assert b"\x1b[2m" in text
    assert b"distance m" in text


@pytest.mark.parametrize("name", [name for name, _, _ in COMMANDS])
def test_every_command_has_help(name: str, command: Command) -> None:
    assert f"usage: routeguide {name}" in command.printed(name, "--help")


@pytest.mark.parametrize("shell", SHELLS)
def test_completion_knows_every_command(shell: str, command: Command) -> None:
    pytest.importorskip("shtab", reason="the extra [cli] is not installed")
    text = command.printed("completion", shell)
    assert all(name in text for name, _, _ in COMMANDS)


def test_info_draws_the_same_map_of_a_server(
    snapshot: Path, address: str, command: Command
) -> None:
    of_file = command.printed("info", snapshot).splitlines()
    of_server = command.printed("info", address).splitlines()
    assert of_server[0] == address
    without_bytes = [line for line in of_file[1:] if not line.startswith(("  bytes", "    "))]
    assert [line for line in of_server[1:] if not line.startswith("    ")] == without_bytes
    assert "unnamed      1" in "\n".join(of_server)
    assert of_server[-5:] == of_file[-5:]  # the end of the map


def test_info_without_a_map_fetches_only_the_summary_of_a_server(
    address: str, command: Command
) -> None:
    facts = json.loads(command.printed("info", address, "--no-map", "--json"))
    assert (facts["features"], facts["unnamed"], facts["bytes"]) == (len(PLACES), None, None)


NAMES = st.text() | st.sampled_from(
    ["", " a ", "a,b", 'say "a"', "a\nb", "100%s", "東京", "\u3000"]
)
ROW = {
    "name": NAMES,
    "latitude": st.integers(-(10**9), 10**9).map(lambda e7: e7 / E7),
    "longitude": st.floats(-180, 180),
    "distance_m": st.floats(allow_nan=False, allow_infinity=False),
    "count": st.integers(),
    "side": st.sampled_from(["left", "right", "on"]),
}
ROWS = st.tuples(*ROW.values()).map(lambda values: dict(zip(ROW, values, strict=True)))


def aligned(rows: list[dict[str, Any]]) -> str:
    """Format a table one cell at a time."""
    titles = ["latitude", "longitude", "distance_m", "count", "side", "name"]
    cells = [[title.replace("_m", " m") for title in titles]]
    for row in rows:
        cells.append([f"{row['latitude']:.7f}", f"{row['longitude']:.7f}"])
        cells[-1] += [f"{row['distance_m']:,.1f}", str(row["count"]), row["side"]]
        cells[-1].append("".join(c if c.isprintable() else ascii(c)[1:-1] for c in row["name"]))
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    widths[-1] = 0
    lines = [
        "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]
    return "".join(line + "\n" for line in lines)


def separated(rows: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, [*rows[0]], lineterminator="\n")
    writer.writeheader()
    for row in rows:
        degrees = {title: f"{row[title]:.7f}" for title in ("latitude", "longitude")}
        writer.writerow(row | degrees)
    return text.getvalue()


def as_features(rows: list[dict[str, Any]]) -> str:
    features = []
    for row in rows:
        properties = dict(row)
        position = [properties.pop("longitude"), properties.pop("latitude")]
        geometry = {"type": "Point", "coordinates": position}
        feature = {"type": "Feature", "geometry": geometry, "properties": properties}
        features.append("\n" + json.dumps(feature, ensure_ascii=False))
    return '{"type": "FeatureCollection", "features": [' + ",".join(features) + "\n]}\n"


def as_lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def shown(format: str, steps: list[list[dict[str, Any]]]) -> str:
    columns: list[answers.Columns] = [
        {title: [row[title] for row in rows] for title in rows[0]} for rows in steps
    ]
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        answers.show_columns(argparse.Namespace(format=format), columns)
    return output.getvalue()


@settings(deadline=None)
@given(st.lists(st.lists(ROWS, min_size=1, max_size=3), min_size=1, max_size=3))
def test_rows_are_the_same_as_those_of_the_standard_library(
    steps: list[list[dict[str, Any]]],
) -> None:
    rows = [row for step in steps for row in step]
    assert shown("jsonl", steps) == as_lines(rows)
    assert shown("geojson", steps) == as_features(rows)
    assert shown("table", steps) == "".join(map(aligned, steps))
    for row in rows:  # some versions of the csv module quote lone carriage returns, some do not
        row["name"] = row["name"].replace("\r", "")
    assert shown("csv", steps) == separated(rows)


def test_csv_quotes_a_carriage_return_in_a_name() -> None:
    text = shown("csv", [[{"name": "one\rname", "count": 1}]])
    assert [*csv.reader(io.StringIO(text, newline=""))] == [["name", "count"], ["one\rname", "1"]]


def test_features_before_a_failure_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    def breaking() -> Iterator[NearbyFeature]:
        for number in range(2500):
            yield NearbyFeature(Feature(f"place {number}", number, -number), number + 0.00049)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        answers.show(argparse.Namespace(format="jsonl", e7=True), breaking())
    assert rows(capsys.readouterr().out) == [
        {"name": f"place {number}", "latitude": number, "longitude": -number, "distance_m": number}
        for number in range(2500)
    ]
