"""`routeguide map` and `info` of a server: what they make of its snapshot, and how they fail."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
import routeguide
from routeguide.commands import fetching
from routeguide.commands.command_error import CommandError
from routeguide.commands.main import main
from routeguide.domain import dataset
from routeguide.domain.dataset import Datasets
from routeguide.domain.origin import Origin, encode
from routeguide.feature_service.request_limits import RequestLimits
from support.commands import told_on_a_terminal
from support.feature_serving import dataset_of, feature_serving
from support.serve_processes import serve
from support.serving import LoopThread, servicer_of, serving

E7 = 10_000_000
SEVERAL_PAGES = 12_000

# Beside the route are a crowd at one point, names for one place twice, and one without a name.
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
    dataset_of(points, names).index.save(path, encode(Origin(attribution="<b>Somebody</b>")))
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
    snapshot: Path, address: str, route: Path, tmp_path: Path
) -> None:
    pytest.importorskip("maplibre", reason="the extra [map] is not installed")
    pytest.importorskip("matplotlib", reason="the extra [map] is not installed")
    pages, pictures = [], []
    for number, source in enumerate((snapshot, address)):
        page, picture = tmp_path / f"{number}.html", tmp_path / f"{number}.png"
        written = ["-o", page, "--png", picture, "--png-width", 200, "--title", "Same"]
        marked = ["--route", route, "--half-width", 20_000]
        assert main([str(each) for each in ("map", source, *written, *marked)]) == 0
        pages.append(page.read_text(encoding="utf-8"))
        pictures.append(picture.read_bytes())
    assert f'"count":{SEVERAL_PAGES + len(BESIDE)},' in pages[0]
    facts = json.loads(pages[0].partition('id="facts">')[2].partition("</script>")[0])
    assert len(facts["route"]["hits"]) >= len(BESIDE)
    assert pages[0] == pages[1]
    assert pictures[0] == pictures[1]


def test_the_address_is_the_title(address: str, tmp_path: Path) -> None:
    pytest.importorskip("maplibre", reason="the extra [map] is not installed")
    page = tmp_path / "map.html"
    assert main(["map", address, "-o", str(page)]) == 0
    assert f"<title>{address}</title>" in page.read_text(encoding="utf-8")


def test_info_counts_what_a_server_has(
    snapshot: Path, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = []
    for source in (snapshot, address):
        assert main(["info", str(source), "--json"]) == 0
        facts.append(json.loads(capsys.readouterr().out))
    of_file, of_server = facts
    assert (of_file["unnamed"], of_file["duplicates"]) == (1, 2)
    unlike = {key for key in of_file if of_file[key] != of_server[key]}
    assert unlike == {"file", "bytes", "sections"}


def test_on_a_terminal_a_bar_tells_how_many_have_come(address: str) -> None:
    pytest.importorskip("tqdm", reason="the extra [cli] is not installed")
    drawn, *_, wiped, end = told_on_a_terminal("info", address).split(b"\r")[1:]
    assert drawn.startswith(f"{address}:   0%|".encode())
    assert b"/12.0k [" in drawn
    assert (wiped.strip(), end) == (b"", b"")


def test_nothing_served_is_a_map_of_nothing(
    loop_thread: LoopThread, route: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("maplibre", reason="the extra [map] is not installed")
    page = tmp_path / "map.html"
    with feature_serving("asyncio", Datasets(dataset_of([])), loop_thread) as address:
        assert main(["map", address, "-o", str(page), "--route", str(route)]) == 0
        assert main(["info", address]) == 0
    assert "  features     0\n" in capsys.readouterr().out
    text = page.read_text(encoding="utf-8")
    assert '"count":0,' in text
    assert '"hits":[]' in text


@pytest.mark.parametrize("source", ["file", "server"])
def test_a_route_across_a_pole_is_drawn(
    source: str, loop_thread: LoopThread, tmp_path: Path
) -> None:
    """Mercator's projection has no place for poles."""
    pytest.importorskip("matplotlib", reason="the extra [map] is not installed")
    shown, route, picture = (tmp_path / name for name in ("pole.rgx", "route.txt", "map.png"))
    route.write_text("80 0\n90 0\n80 170\n")
    data = dataset_of([(90 * E7, 180 * E7), (-90 * E7, 0)])
    data.index.save(shown)
    with feature_serving("asyncio", Datasets(data), loop_thread) as address:
        where = address if source == "server" else str(shown)
        assert main(["map", where, "--png", str(picture), "--route", str(route)]) == 0
    assert picture.read_bytes().startswith(b"\x89PNG")


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The one line with which a command fails on the way."""
    assert main([str(argument) for argument in arguments]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err


def test_what_a_server_refuses_leaves_no_page(
    address: str,
    route: Path,
    loop_thread: LoopThread,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    page = tmp_path / "map.html"
    options = ["-o", page, "--route", route]
    told = refused(capsys, "map", address, *options, "--half-width", 100_001)
    assert "INVALID_ARGUMENT: --half-width: 100001.0 is outside" in told
    assert "try without --tls" in refused(capsys, "map", address, *options, "--tls")
    route.write_text("0 0\n0 180\n")
    assert "INVALID_ARGUMENT: route: " in refused(capsys, "map", address, *options)
    tutorials = servicer_of("threads", dataset_of([]).index)
    with serving(tutorials, loop_thread) as other:
        for command in (["map", other, "-o", page], ["info", other]):
            assert "UNIMPLEMENTED" in (told := refused(capsys, *command))
            assert "this server has no FeatureService" in told
    assert not page.exists()


def test_a_source_that_is_neither_a_file_nor_an_address(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (["map", "-o", str(tmp_path / "map.html")], ["info"]):
        assert main([*command, "nowhere"]) == 2
        told = f"routeguide {command[0]}: nowhere: no such file, and not HOST:PORT of a server\n"
        assert capsys.readouterr().err == told
    assert not list(tmp_path.iterdir())


def test_a_server_that_wants_a_token(
    snapshot: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("maplibre", reason="the extra [map] is not installed")
    tokens, page = tmp_path / "tokens", tmp_path / "map.html"
    tokens.write_text("let-me-in\n")
    tokens.chmod(0o600)
    with serve("--db", snapshot, "--token-file", tokens) as server:
        map_of = ["map", server.address, "-o", str(page)]
        assert "UNAUTHENTICATED" in refused(capsys, *map_of)
        assert main([*map_of, "--token-file", str(tokens)]) == 0
    assert page.exists()


def test_features_that_are_replaced_meanwhile_are_not_mixed(loop_thread: LoopThread) -> None:
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


def test_features_at_one_point_are_told_apart_by_their_order() -> None:
    index = dataset_of([(1, 1), (2, 2), (1, 1), (3, 3), (1, 1)]).index
    assert fetching.ids_of(index, [(3, 3), (1, 1), (1, 1), (2, 2), (1, 1)], "x") == [3, 0, 2, 1, 4]
    for points in ([(4, 4)], [(2, 2), (2, 2)]):
        with pytest.raises(CommandError, match="x: its features were replaced"):
            fetching.ids_of(index, points, "x")
