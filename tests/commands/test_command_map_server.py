"""`routeguide map` and `info` of a server: the same output as of its snapshot, and failures."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
import routeguide
from routeguide.commands import fetching
from routeguide.commands.command_error import CommandError
from routeguide.domain import dataset
from routeguide.domain.dataset import Datasets
from routeguide.domain.earth import E7
from routeguide.domain.origin import Origin, encode
from routeguide.feature_service.request_limits import RequestLimits
from support.commands import Command, shown_on_a_terminal
from support.feature_serving import dataset_of, feature_serving
from support.serve_processes import serve
from support.serving import LoopThread, servicer_of, serving

SEVERAL_PAGES = 12_000

# Features beside the route: several at one point, two with the same name, one without a name.
ROUTE = "0 179.5\n0 -179.5\n"
BESIDE = [
    (0, 1_799_000_000, "a"),
    (0, 1_799_000_000, ""),
    (0, -1_799_000_000, "a\nb"),
    (0, 1_799_000_000, "a"),
    (1_000, 1_800_000_000, "east"),
    (1_000, -1_800_000_000, "west"),
]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    draw = random.Random(6)
    places = [
        (draw.randrange(-90 * E7, 90 * E7), draw.randrange(-180 * E7, 180 * E7), f"place {i} é")
        for i in range(SEVERAL_PAGES)
    ]
    for place in BESIDE:
        places.insert(draw.randrange(len(places)), place)
    points, names = [(lat, lon) for lat, lon, _ in places], [name for _, _, name in places]
    path = tmp_path_factory.mktemp("map") / "places.rgx"
    dataset_of(points, names).index.save(path, encode(Origin(attribution="<b>An author</b>")))
    return path


@pytest.fixture(scope="module")
def address(snapshot: Path, loop_thread: LoopThread) -> Iterator[str]:
    datasets = Datasets(dataset.load(snapshot))
    with feature_serving("asyncio", datasets, loop_thread, RequestLimits()) as served:
        yield served


@pytest.fixture
def route(tmp_path: Path) -> Path:
    path = tmp_path / "route.txt"
    path.write_text(ROUTE)
    return path


def test_a_server_is_drawn_as_its_snapshot_is(
    snapshot: Path, address: str, route: Path, tmp_path: Path, command: Command
) -> None:
    pytest.importorskip("maplibre", reason="the extra [map] is not installed")
    pytest.importorskip("matplotlib", reason="the extra [map] is not installed")
    pages, pictures = [], []
    for number, source in enumerate((snapshot, address)):
        page, picture = tmp_path / f"{number}.html", tmp_path / f"{number}.png"
        written = ["-o", page, "--png", picture, "--png-width", 200, "--title", "Same"]
        marked = ["--route", route, "--half-width", 20_000]
        assert command("map", source, *written, *marked).status == 0
        pages.append(page.read_text(encoding="utf-8"))
        pictures.append(picture.read_bytes())
    assert f'"count":{SEVERAL_PAGES + len(BESIDE)},' in pages[0]
    facts = json.loads(pages[0].partition('id="facts">')[2].partition("</script>")[0])
    assert len(facts["route"]["hits"]) >= len(BESIDE)
    assert pages[0] == pages[1]
    assert pictures[0] == pictures[1]


def test_the_address_is_the_title(address: str, tmp_path: Path, command: Command) -> None:
    pytest.importorskip("maplibre", reason="the extra [map] is not installed")
    page = tmp_path / "map.html"
    assert command("map", address, "-o", page).status == 0
    assert f"<title>{address}</title>" in page.read_text(encoding="utf-8")


def test_info_counts_the_features_of_a_server(
    snapshot: Path, address: str, command: Command
) -> None:
    of_file, of_server = (
        json.loads(command.printed("info", source, "--json")) for source in (snapshot, address)
    )
    assert (of_file["unnamed"], of_file["duplicates"]) == (1, 2)
    unlike = {key for key in of_file if of_file[key] != of_server[key]}
    assert unlike == {"file", "bytes", "sections"}


def test_on_a_terminal_a_bar_shows_how_many_have_arrived(address: str) -> None:
    pytest.importorskip("tqdm", reason="the extra [cli] is not installed")
    drawn, *_, wiped, end = shown_on_a_terminal("info", address).split(b"\r")[1:]
    assert drawn.startswith(f"{address}:   0%|".encode())
    assert b"/12.0k [" in drawn
    assert (wiped.strip(), end) == (b"", b"")


def test_an_empty_server_is_an_empty_map(
    loop_thread: LoopThread, route: Path, tmp_path: Path, command: Command
) -> None:
    pytest.importorskip("maplibre", reason="the extra [map] is not installed")
    page = tmp_path / "map.html"
    with feature_serving("asyncio", Datasets(dataset_of([])), loop_thread) as address:
        assert command("map", address, "-o", page, "--route", route).status == 0
        assert "  features     0\n" in command.printed("info", address)
    text = page.read_text(encoding="utf-8")
    assert '"count":0,' in text
    assert '"hits":[]' in text


@pytest.mark.parametrize("source", ["file", "server"])
def test_a_route_across_a_pole_is_drawn(
    source: str, loop_thread: LoopThread, tmp_path: Path, command: Command
) -> None:
    """The Mercator projection does not reach the poles."""
    pytest.importorskip("matplotlib", reason="the extra [map] is not installed")
    shown, route, picture = (tmp_path / name for name in ("pole.rgx", "route.txt", "map.png"))
    route.write_text("80 0\n90 0\n80 170\n")
    data = dataset_of([(90 * E7, 180 * E7), (-90 * E7, 0)])
    data.index.save(shown)
    with feature_serving("asyncio", Datasets(data), loop_thread) as address:
        where = address if source == "server" else str(shown)
        assert command("map", where, "--png", picture, "--route", route).status == 0
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_failure_leaves_no_page(
    address: str, route: Path, loop_thread: LoopThread, tmp_path: Path, command: Command
) -> None:
    page = tmp_path / "map.html"
    options = ["-o", page, "--route", route]
    assert "try without --tls" in command.refused("map", address, *options, "--tls", status=1)
    route.write_text("0 0\n0 180\n")
    assert f"{route}: " in command.refused("map", address, *options)
    tutorials = servicer_of("threads", dataset_of([]).index)
    with serving(tutorials, loop_thread) as other:
        for arguments in (["map", other, "-o", page], ["info", other]):
            message = command.refused(*arguments, status=1)
            assert "UNIMPLEMENTED" in message
            assert "this server has no FeatureService" in message
    assert not page.exists()


def test_a_source_that_is_neither_a_file_nor_an_address(tmp_path: Path, command: Command) -> None:
    for arguments in (["map", "-o", tmp_path / "map.html"], ["info"]):
        message = command.refused(*arguments, "nowhere")
        assert message == "nowhere: no such file, and not HOST:PORT of a server"
    assert not list(tmp_path.iterdir())


def test_a_token_is_sent(snapshot: Path, tmp_path: Path, command: Command) -> None:
    pytest.importorskip("maplibre", reason="the extra [map] is not installed")
    tokens, page = tmp_path / "tokens", tmp_path / "map.html"
    tokens.write_text("let-me-in\n")
    tokens.chmod(0o600)
    with serve("--db", snapshot, "--token-file", tokens) as server:
        map_of = ["map", server.address, "-o", page]
        assert "UNAUTHENTICATED" in command.refused(*map_of, status=1)
        assert command(*map_of, "--token-file", tokens).status == 0
    assert page.exists()


def test_features_of_two_generations_are_not_mixed(loop_thread: LoopThread) -> None:
    datasets = Datasets(dataset_of([(1, 1)]))
    with (
        feature_serving("asyncio", datasets, loop_thread) as address,
        routeguide.Client(address) as client,
    ):
        served = client.dataset()
        assert len(fetching.features_of(client, served, address)) == 1
        datasets.swap(dataset_of([(2, 2)]))
        with pytest.raises(CommandError, match="were replaced while they were read; try again"):
            fetching.features_of(client, served, address)
