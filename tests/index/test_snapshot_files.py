"""Snapshots among files and processes: a file always has one version or the other."""

import errno
import os
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from support.indexes import index_of
from support.strategies import Field

from routeguide_c import FeatureIndex

WATCHDOG_S = 120
USER_WITHOUT_RIGHTS = 65534  # a user without rights, for tests that root runs

SMALL = Field("clusters", 300, 1)
LARGE = Field("clusters", 20_000, 2)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "places.rgx"


# --- replaced and removed while open ---


def test_an_open_index_outlives_its_file(path: Path) -> None:
    index_of(SMALL.points).save(path)
    mapped = FeatureIndex.open(path, verify=False)
    index_of(LARGE.points).save(path)
    also_mapped = FeatureIndex.open(path, verify=False)
    path.unlink()
    assert len(mapped) == 300
    assert len(also_mapped) == 20_000
    assert [mapped.location(id) for id in range(300)] == SMALL.points
    assert [also_mapped.location(id) for id in range(20_000)] == LARGE.points


def test_an_index_is_saved_onto_the_file_that_it_is_mapped_from(path: Path) -> None:
    index_of(SMALL.points).save(path, b"one")
    mapped = FeatureIndex.open(path)
    mapped.save(path, b"two")
    assert mapped.metadata == b"one"
    assert FeatureIndex.open(path).metadata == b"two"


def test_no_descriptor_stays_open(path: Path) -> None:
    descriptors = Path("/proc/self/fd")
    if not descriptors.exists():
        pytest.skip("no /proc to count descriptors in")
    before = len([*descriptors.iterdir()])
    index_of(SMALL.points).save(path)
    opened = [FeatureIndex.open(path, map=map) for map in (True, False)]
    with pytest.raises(FileNotFoundError):
        index_of(SMALL.points).save(path.parent / "absent" / "places.rgx")
    with pytest.raises(IsADirectoryError):
        FeatureIndex.open(path.parent)
    assert len([*descriptors.iterdir()]) == before
    assert len(opened) == 2


# --- threads ---


def test_threads_save_open_and_query(path: Path) -> None:
    """Each reader sees one complete version while other threads save."""
    versions = [index_of(SMALL.points), index_of(LARGE.points)]
    versions[0].save(path)

    def work(seed: int) -> bool:
        if seed % 4 == 0:
            versions[seed // 4 % 2].save(path, str(seed).encode())
            return True
        opened = FeatureIndex.open(path, verify=seed % 4 == 1, map=seed % 4 != 3)
        field = SMALL if len(opened) == 300 else LARGE
        ids = Random(seed).sample(range(len(opened)), 100)
        return all(opened.location(id) == field.points[id] for id in ids)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(160)))
    assert [*path.parent.iterdir()] == [path]


# --- saves that fail ---


def check_untouched(path: Path, before: bytes) -> None:
    assert path.read_bytes() == before
    assert [*path.parent.iterdir()] == [path]


def test_a_save_past_the_size_limit_leaves_the_old_file(path: Path) -> None:
    """The system refuses a write in the middle of the file, as it does on a full disk."""
    index_of(SMALL.points).save(path)
    before, large = path.read_bytes(), index_of(LARGE.points)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # Python ignores the signal that comes with it.
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large") as error:
            large.save(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (error.value.errno, error.value.filename) == (errno.EFBIG, str(path))
    check_untouched(path, before)


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    options = ["-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(["mount", *options], check=False).returncode != 0:
        pytest.skip("only root can mount a small disk")
    try:
        path = disk / "places.rgx"
        index_of(SMALL.points).save(path)
        before = path.read_bytes()
        with pytest.raises(OSError, match="No space left on device") as error:
            index_of(LARGE.points).save(path)
        assert (error.value.errno, error.value.filename) == (errno.ENOSPC, str(path))
        check_untouched(path, before)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.fixture
def as_user_without_rights() -> Iterator[Path]:
    """Become a user who may read the folder but not write to it."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        is_root = os.geteuid() == 0
        if is_root:
            os.seteuid(USER_WITHOUT_RIGHTS)
        yield Path(folder)
        if is_root:
            os.seteuid(0)
        Path(folder).chmod(0o700)


def test_a_folder_that_cannot_be_written_to_is_reported(as_user_without_rights: Path) -> None:
    path = as_user_without_rights / "places.rgx"
    with pytest.raises(PermissionError) as error:
        index_of(SMALL.points).save(path)
    assert error.value.filename == str(path)
    assert [*as_user_without_rights.iterdir()] == []


def test_a_file_that_cannot_be_read_is_reported(path: Path) -> None:
    index_of(SMALL.points).save(path)
    path.chmod(0)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(USER_WITHOUT_RIGHTS)
    try:
        with pytest.raises(PermissionError) as error:
            FeatureIndex.open(path)
    finally:
        if is_root:
            os.seteuid(0)
    assert error.value.filename == str(path)


def test_paths_to_nothing_are_reported(path: Path) -> None:
    index = index_of(SMALL.points)
    too_long = path.with_name("x" * 300)
    for call in (index.save, FeatureIndex.open):
        with pytest.raises(OSError, match="name too long") as error:
            call(too_long)
        assert (error.value.errno, error.value.filename) == (errno.ENAMETOOLONG, str(too_long))
        with pytest.raises(FileNotFoundError):
            call(path.parent / "absent" / "places.rgx")
        with pytest.raises(FileNotFoundError):
            call("")
        with pytest.raises(IsADirectoryError):
            call(path.parent)
    assert [*path.parent.iterdir()] == []


def test_a_name_of_the_greatest_length_is_taken(path: Path) -> None:
    longest = path.with_name("x" * os.pathconf(path.parent, "PC_NAME_MAX"))
    index_of(SMALL.points).save(longest)
    assert len(FeatureIndex.open(longest)) == 300


def test_permissions_are_those_of_any_new_file_or_of_the_old_one(path: Path) -> None:
    index = index_of(SMALL.points)
    mask = os.umask(0o027)
    try:
        index.save(path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        path.chmod(0o604)
        index.save(path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o604
    finally:
        os.umask(mask)


# --- processes ---

SAVE_REPEATEDLY = """
import sys
from routeguide_c import FeatureIndex
path, *sizes = sys.argv[1:]
versions = [FeatureIndex(range(n), range(n), [""] * n) for n in map(int, sizes)]
print("ready", flush=True)
while True:
    for version in versions:
        version.save(path)
"""


def test_a_killed_save_leaves_one_version_or_the_other(path: Path) -> None:
    random = Random(1)
    sizes = [3000, 50_000]
    command = [sys.executable, "-c", SAVE_REPEATEDLY, str(path), *map(str, sizes)]
    seen = set()
    index_of([(0, 0)]).save(path)
    for _ in range(20):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as saver:
            assert saver.stdout is not None
            assert saver.stdout.readline() == b"ready\n"
            # Not a synchronisation: the kill has to hit random moments.
            with pytest.raises(subprocess.TimeoutExpired):
                saver.wait(random.uniform(0, 0.1))
            saver.send_signal(signal.SIGKILL)
        opened = FeatureIndex.open(path)
        seen.add(len(opened))
        assert len(opened) in (1, *sizes)
        assert opened.location(len(opened) - 1) == (len(opened) - 1,) * 2
    assert seen & set(sizes)


ANSWER_ALL_QUERIES = """
import sys
from pathlib import Path
import numpy
from routeguide_c import FeatureIndex

def private_bytes():
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) * 1024

index = FeatureIndex.open(sys.argv[1], verify=False)
before = private_bytes()
del index
print("ready", flush=True)
sys.stdin.readline()
index = FeatureIndex.open(sys.argv[1])
for lat_e7 in range(-900_000_000, 900_000_000, 10_000_000):
    index.query(lat_e7, -1_800_000_000, lat_e7 + 9_999_999, 1_800_000_000)
for id in range(0, len(index), 50):
    index.name(id)
print("asked", flush=True)
sys.stdin.readline()
print(private_bytes() - before, flush=True)
sys.stdin.readline()
"""


def test_processes_share_one_copy(path: Path) -> None:
    """Four processes read the whole file; the private memory of each stays small."""
    if not Path("/proc/self/smaps_rollup").exists():
        pytest.skip("no /proc/self/smaps_rollup to tell private from shared memory")
    field = Field("on_earth", 400_000, 3)
    index_of(field.points, ["a name of some length"] * 400_000).save(path)
    file_size = path.stat().st_size
    assert file_size > 30 << 20
    command = [sys.executable, "-c", ANSWER_ALL_QUERIES, str(path)]
    pipe = subprocess.PIPE
    readers = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) for _ in range(4)]

    def all_say() -> list[str]:
        said = []
        for reader in readers:
            assert reader.stdin is not None
            assert reader.stdout is not None
            said.append(reader.stdout.readline())
            reader.stdin.write("go on\n")
        for reader in readers:
            assert reader.stdin is not None
            reader.stdin.flush()
        return said

    assert all_say() == ["ready\n"] * 4
    assert all_say() == ["asked\n"] * 4
    private_sizes = [int(line) for line in all_say()]
    for reader in readers:
        reader.communicate(timeout=WATCHDOG_S)
    assert max(private_sizes) < 8 << 20, private_sizes
