"""Files that are replaced: permissions, what an exception leaves, and a folder that cannot sync."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

import pytest
from routeguide.common.atomic_file import replacing


def test_a_new_file_has_the_permissions_that_the_umask_allows(tmp_path: Path) -> None:
    path = tmp_path / "new"
    umask = os.umask(0o027)
    try:
        with replacing(str(path)) as file:
            assert os.umask(0o027) == 0o027
            file.write(b"new")
    finally:
        os.umask(umask)
    assert path.stat().st_mode & 0o777 == 0o640
    assert path.read_bytes() == b"new"


def test_a_replaced_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "old"
    path.write_bytes(b"old")
    path.chmod(0o604)
    with replacing(str(path)) as file:
        file.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.stat().st_mode & 0o777 == 0o604
    assert path.read_bytes() == b"new"


def test_an_exception_leaves_the_old_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "old"
    path.write_bytes(b"old")
    with suppress(KeyboardInterrupt), replacing(str(path)) as file:
        file.write(b"new")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_names_may_be_as_long_as_the_file_system_allows(tmp_path: Path) -> None:
    for name in (255 * "n", 63 * "\U0001d11e" + "nnn"):
        with replacing(str(tmp_path / name)) as file:
            file.write(b"new")
        assert (tmp_path / name).read_bytes() == b"new"


def test_a_name_without_a_folder_is_in_the_current_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with replacing("new") as file:
        file.write(b"new")
    assert (tmp_path / "new").read_bytes() == b"new"


def test_file_then_folder_are_synced_and_a_folder_that_cannot_be_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, synced = tmp_path / "new", []

    def fsync(descriptor: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        synced.append(("folder" if is_folder else "file", path.exists()))
        if is_folder:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    monkeypatch.setattr(os, "fsync", fsync)
    with replacing(str(path)) as file:
        file.write(b"new")
    assert synced == [("file", False), ("folder", True)]
    assert path.read_bytes() == b"new"


def test_a_folder_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError), replacing(str(tmp_path)):
        pytest.fail("entered the block")
