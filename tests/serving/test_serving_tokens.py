"""Bearer tokens: which calls a server accepts, and files that change."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from grpc_health.v1.health_pb2 import HealthCheckRequest
from grpc_health.v1.health_pb2_grpc import HealthStub
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)
from routeguide.pb.route_guide_pb2 import RouteNote
from routeguide.rpc.bearer import NotAuthenticatedError, TokenFileError
from routeguide.serving.tokens import Tokens, warn_of_plain_text
from support.observed_server import observed_server
from support.serving import WATCHDOG_S, LoopThread, at, between, status_of, stub_for

BEARER = (("authorization", "Bearer second"),)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tokens"
    path.write_text("\ufeff# who may call\nfirst\n\n  second\n")
    return path


@pytest.fixture
def channel(loop_thread: LoopThread, file: Path) -> Iterator[grpc.Channel]:
    with (
        observed_server(loop_thread, [Tokens(file).interceptor()]) as address,
        grpc.insecure_channel(address) as open_channel,
    ):
        yield open_channel


@pytest.mark.parametrize(
    ("metadata", "refusal"),
    [
        ((), "a token is needed: send authorization: Bearer TOKEN"),
        ((("authorization", "Bearer third"),), "the token sent is not known here"),
        ((("authorization", "Bearer secon"),), "the token sent is not known here"),
        (
            (("authorization", "Basic second"),),
            "the authorization sent is not of the form Bearer TOKEN",
        ),
    ],
)
def test_all_kinds_of_call_are_refused_without_a_known_token(
    channel: grpc.Channel, metadata: tuple[tuple[str, str], ...], refusal: str
) -> None:
    stub = stub_for(channel)
    refused = (grpc.StatusCode.UNAUTHENTICATED, refusal)
    sent = {"metadata": metadata, "timeout": WATCHDOG_S}
    points = [at(0, 0)] * 3
    assert status_of(lambda: stub.GetFeature(at(0, 0), **sent)) == refused  # type: ignore[arg-type]
    for call in (
        lambda: list(stub.ListFeatures(between(at(0, 0), at(1, 1)), **sent)),  # type: ignore[arg-type]
        lambda: stub.RecordRoute(iter(points), **sent),  # type: ignore[arg-type]
        lambda: list(stub.RouteChat(iter([RouteNote()]), **sent)),  # type: ignore[arg-type]
    ):
        assert status_of(call) == refused


def test_all_kinds_of_call_are_answered_with_a_known_token(channel: grpc.Channel) -> None:
    stub = stub_for(channel)
    points = [at(0, 0)] * 3
    notes = [RouteNote(message="a"), RouteNote(message="b")]
    everywhere = between(at(-(2**31), -(2**31)), at(2**31 - 1, 2**31 - 1))
    assert stub.GetFeature(at(0, 0), metadata=BEARER, timeout=WATCHDOG_S).name == ""
    assert len(list(stub.ListFeatures(everywhere, metadata=BEARER, timeout=WATCHDOG_S))) == 100
    assert stub.RecordRoute(iter(points), metadata=BEARER, timeout=WATCHDOG_S).point_count == 3
    answers = stub.RouteChat(iter(notes), metadata=BEARER, timeout=WATCHDOG_S)
    assert [answer.message for answer in answers] == ["a"]


def test_health_needs_no_token_and_reflection_does(channel: grpc.Channel) -> None:
    assert HealthStub(channel).Check(HealthCheckRequest(), timeout=WATCHDOG_S).status == 1
    refused = status_of(lambda: ProtoReflectionDescriptorDatabase(channel).get_services())
    assert refused[0] is grpc.StatusCode.UNAUTHENTICATED


def test_a_changed_file_applies_within_a_second_and_an_invalid_one_never(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "routeguide.serving.tokens")
    now_s = 0.0
    tokens = Tokens(file, lambda: now_s)
    tokens.check("first")
    file.write_text("third\n")
    now_s = 0.5
    tokens.check("first")  # the file is not examined yet
    now_s = 1.0
    tokens.check("third")
    with pytest.raises(NotAuthenticatedError, match="not known"):
        tokens.check("first")
    file.write_text("two words\n")
    now_s = 2.0
    tokens.check("third")
    file.unlink()
    now_s = 3.0
    tokens.check("third")
    os.mkfifo(file)  # which has no writer: opening it would block
    now_s = 4.0
    tokens.check("third")
    file.unlink()
    file.write_text("fourth\nfifth\n")
    now_s = 5.0
    tokens.check("fourth")
    assert [record.getMessage() for record in caplog.records] == [
        f"{file}: 1 token",
        f"keeping the previous tokens: {file}: line 1 is not a token: letters, digits and"
        " -._~+/, = at the end",
        f"keeping the previous tokens: {file}: No such file or directory",
        f"keeping the previous tokens: {file}: not a regular file; not reloaded",
        f"{file}: 2 tokens",
    ]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "no token in it"),
        (b"# a comment\n", "no token in it"),
        (b"good\nnot good\n", "line 2 is not a token"),
        (b"\xff\xfe\n", "not a text file"),
    ],
)
def test_invalid_files_are_refused_at_the_start(file: Path, content: bytes, fault: str) -> None:
    file.write_bytes(content)
    with pytest.raises(TokenFileError, match=f"^{file}: {fault}") as caught:
        Tokens(file)
    assert "good" not in str(caught.value)


@pytest.mark.parametrize(("address", "is_warned"), [("[::1]:1", False), ("[::]:1", True)])
def test_tokens_in_plain_text_cause_a_warning(
    address: str, is_warned: bool, caplog: pytest.LogCaptureFixture
) -> None:
    warn_of_plain_text(address)
    assert ("--tls-cert" in caplog.text) is is_warned
