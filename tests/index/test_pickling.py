"""Pickles, copies and weak references of a FeatureIndex."""

import copy
import gc
import os
import pickle
import weakref
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.oracle import Point
from support.strategies import point_lists, trials

from routeguide_c import FeatureIndex, SnapshotError, _core


def content(index: FeatureIndex) -> list[tuple[tuple[int, int], str]]:
    return [(index.location(i), index.name(i)) for i in range(len(index))]


@trials(50)
@given(points=point_lists, data=st.data())
def test_a_built_index_is_pickled_as_its_content(points: list[Point], data: st.DataObject) -> None:
    texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=9)
    names = data.draw(st.lists(texts, min_size=len(points), max_size=len(points)))
    index = FeatureIndex([lat for lat, _ in points], [lon for _, lon in points], names)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        loaded = pickle.loads(pickle.dumps(index, protocol))
        assert content(loaded) == content(index)
        assert loaded.fingerprint == index.fingerprint


def test_an_opened_index_is_pickled_as_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    FeatureIndex([1], [2], ["x" * 10_000]).save(tmp_path / "index", b"metadata")
    monkeypatch.chdir(tmp_path)
    opened = [
        FeatureIndex.open("index"),
        FeatureIndex.open(b"index", verify=False),
        FeatureIndex.open(Path("index"), map=False),
        FeatureIndex.open(tmp_path / "index"),
    ]
    assert opened[0].__reduce__()[1] == (str(tmp_path / "index"), True, True)
    assert opened[1].__reduce__()[1] == (os.fsencode(tmp_path / "index"), False, True)
    assert opened[2].__reduce__()[1] == (str(tmp_path / "index"), True, False)
    pickles = [pickle.dumps(index) for index in opened]
    monkeypatch.chdir("/")
    for pickled in pickles:
        assert len(pickled) < 1000
        loaded = pickle.loads(pickled)
        assert content(loaded) == content(opened[0])
        assert loaded.metadata == b"metadata"


def test_a_file_that_is_gone_or_damaged_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "index"
    FeatureIndex([1], [2], ["x"]).save(path)
    pickled = pickle.dumps(FeatureIndex.open(path, map=False))
    path.write_bytes(b"something else")
    with pytest.raises(SnapshotError, match="is not a sound snapshot"):
        pickle.loads(pickled)
    path.unlink()
    with pytest.raises(FileNotFoundError, match="index"):
        pickle.loads(pickled)


def test_damaged_content_is_refused() -> None:
    restore = _core._index_from_content  # type: ignore[attr-defined]
    zeros = bytes(8)
    assert len(restore(b"", b"", zeros, b"")) == 0
    for columns in (
        (b"123", b"123", zeros, b""),
        (b"1234", b"12345678", zeros * 2, b""),
        (b"1234", b"1234", zeros, b""),
        (b"1234", b"1234", zeros + b"\xff" * 8, b"abc"),
        (b"1234", b"1234", zeros + b"\1" + bytes(7), b"\xff"),
    ):
        with pytest.raises(ValueError, match=r"differ in length|^row 0: "):
            restore(*columns)


def test_copies_are_the_index_itself() -> None:
    index = FeatureIndex([1], [2], ["x"])
    assert copy.copy(index) is index
    assert copy.deepcopy([index])[0] is index


def test_weak_references_end_with_the_index() -> None:
    index = FeatureIndex([1], [2], ["x"])
    ended: list[object] = []
    reference = weakref.ref(index, ended.append)
    assert reference() is index
    del index
    gc.collect()
    assert reference() is None
    assert ended == [reference]
