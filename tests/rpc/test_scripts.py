"""The client scripts against the server script, with their output line by line."""

import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from routeguide.domain import database
from support.documented import OUTPUT, VISITING
from support.processes import LISTENING, SCRIPTS, is_running, kind_options, run, server
from support.serving import WATCHDOG_S

from routeguide_c import Trip

CLIENTS = [
    pytest.param(["route_client.py"], id="threads"),
    pytest.param(["route_client.py", "--future"], id="futures"),
    pytest.param(["asyncio_route_client.py"], id="asyncio"),
]


@pytest.fixture(scope="module")
def address(kind: str) -> Iterator[str]:
    with server(*kind_options(kind)) as running:
        yield running.address


@pytest.fixture
def dead_address() -> Iterator[str]:
    """A port without a listener, bound so that no other process can listen on it."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{held.getsockname()[1]}"


@pytest.fixture
def silent_address() -> Iterator[str]:
    """A port that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def documented_points(tmp_path: Path) -> Path:
    path = tmp_path / "points.txt"
    lines = [line for line in OUTPUT if line.startswith(VISITING)]
    lines[:2] = ["# in each of the forms", "412856162 -745148837", "418465462, -746859398 # here"]
    path.write_text("\n".join(lines))
    return path


@pytest.mark.parametrize("client", CLIENTS)
def test_given_points_give_the_documented_output(
    address: str, client: list[str], documented_points: Path
) -> None:
    ended = run(*client, "--address", address, "--points", documented_points, "--timeout", "30")
    assert ended.stderr == ""
    assert ended.stdout.splitlines() == OUTPUT
    assert ended.returncode == 0


@pytest.mark.parametrize("client", CLIENTS)
def test_random_points_change_only_their_section(address: str, client: list[str]) -> None:
    ended = run(*client, "--address", address)
    lines = ended.stdout.splitlines()
    first = OUTPUT.index("-------------- RecordRoute --------------") + 1
    chat = OUTPUT.index("-------------- RouteChat --------------")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert lines[:first] == OUTPUT[:first]
    assert lines[chat:] == OUTPUT[chat:]
    assert lines[first:chat] == trip_lines(lines[first : first + 10])


def trip_lines(visits: list[str]) -> list[str]:
    """The lines that a client prints for a trip of these ten visits."""
    index = database.load_packaged()
    places = {index.location(i) for i in range(len(index))}
    trip = Trip(index)
    for visit in visits:
        words = visit.removeprefix(VISITING).replace(",", "").split()
        assert words[::2] == ["latitude:", "longitude:"]
        place = int(words[1]), int(words[3])
        assert place in places
        trip.visit(*place)
    return [
        *visits,
        "Finished trip with 10 points ",
        "Passed 10 features ",
        f"Travelled {int(trip.distance_m)} meters ",
        "It took 0 seconds ",
    ]


def test_random_points_are_random(address: str) -> None:
    trips = {
        tuple(line for line in run("route_client.py", "--address", address).stdout.splitlines())
        for _ in range(3)
    }
    assert len(trips) > 1


@pytest.mark.parametrize("client", CLIENTS)
def test_an_unreachable_server_prints_one_line(client: list[str], dead_address: str) -> None:
    ended = run(*client, "--address", dead_address)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"{client[0]}: {dead_address}: UNAVAILABLE: ")
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize("client", CLIENTS)
def test_a_silent_server_prints_one_line(client: list[str], silent_address: str) -> None:
    ended = run(*client, "--address", silent_address, "--timeout", "0.3")
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"{client[0]}: {silent_address}: ")
    assert "DEADLINE_EXCEEDED" in ended.stderr or "UNAVAILABLE" in ended.stderr
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("1 2\n3\n", "line 2: expected "),
        ("1 2 3\n", "line 1: expected "),
        ("1.5 2.5\n", "line 1: expected "),
        ("\n\n1;2\n", "line 3: expected "),
        ("1 2147483648\n", "line 1: does not fit in 32 bits"),
        (b"1 2 # \xff\n", "not a text file in UTF-8"),
        (None, "No such file or directory"),
    ],
)
@pytest.mark.parametrize("client", ["route_client.py", "asyncio_route_client.py"])
def test_an_unusable_points_file_prints_one_line(
    client: str, tmp_path: Path, text: str | bytes | None, fault: str
) -> None:
    path = tmp_path / "points.txt"
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    ended = run(client, "--points", path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith(f"{client}: {path}: {fault}")
    assert ended.stderr.count("\n") == 1


def test_a_file_without_points_is_an_empty_trip(address: str, tmp_path: Path) -> None:
    path = tmp_path / "points.txt"
    path.write_text("# nowhere\n")
    ended = run("route_client.py", "--address", address, "--points", path)
    assert ended.returncode == 0
    assert "Finished trip with 0 points " in ended.stdout.splitlines()


@pytest.mark.parametrize("value", ["0", "-1", "nan", "soon"])
def test_a_timeout_must_be_positive(value: str) -> None:
    ended = run("route_client.py", "--timeout", value)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "error: argument --timeout: " in ended.stderr


@pytest.mark.parametrize("client", ["route_client.py", "asyncio_route_client.py"])
def test_the_documented_address_is_the_default(client: str) -> None:
    assert "(default: localhost:50051)" in run(client, "--help").stdout


def test_a_closed_output_ends_the_client_without_a_traceback(address: str) -> None:
    client = subprocess.Popen(
        [sys.executable, SCRIPTS / "route_client.py", "--address", address],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with client:
        assert client.stdout is not None
        client.stdout.close()
        assert client.stderr is not None
        assert client.stderr.read() == ""
        assert client.wait(WATCHDOG_S) == 1


# The database option


def test_db_serves_another_database(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "places.json"
    place = '{"location": {"latitude": 409146138, "longitude": -746188906}, "name": "Here"}'
    path.write_text(f"[{place}]")
    with server("--db", path, *kind_options(kind)) as running:
        lines = run("route_client.py", "--address", running.address).stdout.splitlines()
    assert lines[1] == "Feature called 'Here' at latitude: 409146138, longitude: -746188906"


def test_an_unusable_database_prints_one_line(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "places.json"
    path.write_text('[{"location": {"latitude": 0, "longitude": 0}}, {"location": {}}]')
    ended = run("route_server.py", "--db", path, *kind_options(kind))
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == f"route_server.py: {path}: record 2: location.latitude: missing\n"


# The package that runs

SCRIPT_NAMES = ["route_server.py", "route_client.py", "asyncio_route_client.py"]


@pytest.fixture
def source_folder(tmp_path: Path) -> Path:
    """Scripts beside a package that must not be imported, as in an unbuilt source folder."""
    folder = tmp_path / "python"
    (folder / "routeguide").mkdir(parents=True)
    (folder / "routeguide" / "__init__.py").write_text("raise ImportError('this is the source')\n")
    for name in SCRIPT_NAMES:
        shutil.copy(SCRIPTS / name, folder)
    return folder


@pytest.mark.parametrize("name", SCRIPT_NAMES)
@pytest.mark.parametrize("flags", [[], ["-I"], ["-s", "-B"]], ids=lambda flags: " ".join(flags))
@pytest.mark.parametrize("inside", [True, False], ids=["inside", "elsewhere"])
def test_the_installed_package_runs(
    source_folder: Path, name: str, flags: list[str], inside: bool
) -> None:
    script = name if inside else str(source_folder / name)
    ended = subprocess.run(
        [sys.executable, *flags, script, "--help"],
        capture_output=True,
        text=True,
        cwd=source_folder if inside else "/",
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.skipif(sys.version_info < (3, 11), reason="-P is new in Python 3.11")
def test_the_installed_package_runs_on_a_safe_path(source_folder: Path) -> None:
    script = source_folder / "route_client.py"
    command = [sys.executable, "-P", str(script), "--help"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_a_link_to_a_script_runs_the_installed_package(source_folder: Path, tmp_path: Path) -> None:
    link = tmp_path / "linked.py"
    link.symlink_to(source_folder / "route_client.py")
    linked_folder = tmp_path / "linked"
    linked_folder.symlink_to(source_folder)
    for script in (link, linked_folder / "route_client.py"):
        command = [sys.executable, str(script), "--help"]
        assert subprocess.run(command, capture_output=True, check=False).returncode == 0


# demo.py


def test_the_demonstration_runs_both_and_ends_its_processes() -> None:
    ended = run("demo.py")
    assert ended.returncode == 0
    assert ended.stdout.splitlines()[:5] == OUTPUT[:5]
    assert ended.stdout.splitlines()[-7:] == OUTPUT[-7:]
    listening, stopping = ended.stderr.splitlines()
    assert listening.startswith(LISTENING)
    assert stopping.startswith("Stopping; ")
    host, _, port = listening.removeprefix(LISTENING).rpartition(":")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)), WATCHDOG_S)


@pytest.mark.parametrize("stop_signal", [signal.SIGINT, signal.SIGTERM])
def test_the_interrupted_demonstration_ends_its_processes(stop_signal: signal.Signals) -> None:
    demo = subprocess.Popen(
        [sys.executable, SCRIPTS / "demo.py"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with demo:
        assert demo.stderr is not None
        assert demo.stderr.readline().startswith(LISTENING)
        children = Path(f"/proc/{demo.pid}/task/{demo.pid}/children").read_text().split()
        assert children
        demo.send_signal(stop_signal)
        _, errors = demo.communicate(timeout=WATCHDOG_S)
    assert demo.returncode == 128 + stop_signal
    assert errors == ""
    assert not [pid for pid in children if is_running(int(pid))]
