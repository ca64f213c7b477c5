"""Certificates and tokens of `routeguide serve`, with a single process and with workers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import grpc
import pytest
from routeguide.commands.main import main
from routeguide.rpc.channels import Security, open_channel
from support.authorities import Authority
from support.serve_processes import refusal, serve
from support.serving import WATCHDOG_S, at, status_of, stub_for


def test_certificates_and_tokens(tmp_path: Path, options: list[str]) -> None:
    authority, other = Authority(tmp_path), Authority(tmp_path, "other")
    ours, theirs = authority.issue("server"), authority.issue("client")
    tokens = tmp_path / "tokens"
    tokens.write_text("# who may call\n\nsecret\nother\n")
    files: list[str | Path] = [
        "--tls-cert",
        ours.cert,
        "--tls-key",
        ours.key,
        "--tls-client-ca",
        authority.file,
    ]

    def call(address: str, ca: Path, token: str) -> str:
        security = Security(tls_ca=ca, tls_cert=theirs.cert, tls_key=theirs.key, token=token)
        with open_channel(address, security) as channel:
            call = stub_for(channel).GetFeature.with_call
            metadata = security.metadata
            answer, _ = call(at(0, 0), metadata=metadata, timeout=WATCHDOG_S)
            return str(answer.location)

    with serve(*files, "--token-file", tokens, *options) as running:
        assert call(running.address, authority.file, "secret") == ""
        shown = ["--tls-ca", authority.file, "--tls-cert", theirs.cert, "--tls-key", theirs.key]
        asked = ["nearest", running.address, "40.9", "-74.6", "--token-file", tokens, *shown]
        assert main(list(map(str, asked))) == 0
        wrong = status_of(lambda: call(running.address, authority.file, "guess"))
        assert wrong[0] is grpc.StatusCode.UNAUTHENTICATED
        wrong = status_of(lambda: call(running.address, other.file, "secret"))
        assert wrong[0] is grpc.StatusCode.UNAVAILABLE
        assert running.stop()[0] == 0


def test_failed_handshakes_are_not_in_the_log(
    tmp_path: Path, options: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GRPC_VERBOSITY", raising=False)
    pair = Authority(tmp_path).issue("server")
    files: list[str | Path] = ["--tls-cert", pair.cert, "--tls-key", pair.key]
    with serve(*files, "--log-format", "json", *options) as running:
        for security in (Security(), Security(tls=True)):
            with open_channel(running.address, security) as channel:
                call = stub_for(channel).GetFeature
                refused = status_of(lambda call=call: call(at(0, 0), timeout=WATCHDOG_S))  # type: ignore[misc]
            assert refused[0] is grpc.StatusCode.UNAVAILABLE
        if not options:
            check_that_a_command_explains_failures(running.address)
        status, log = running.stop()
    assert status == 0
    assert {json.loads(line)["level"] for line in log.splitlines()} == {"info"}


def check_that_a_command_explains_failures(address: str) -> None:
    """In one line, without lines of gRPC."""
    for tls, hint in (
        ([], "is it a TLS server? try --tls"),
        (["--tls"], "name the authority that issued its certificate: --tls-ca"),
    ):
        ended = subprocess.run(
            [sys.executable, "-m", "routeguide", "nearest", address, "1", "2", *tls],
            capture_output=True,
            text=True,
            timeout=WATCHDOG_S,
            check=False,
        )
        assert (ended.returncode, ended.stdout) == (1, "")
        (line,) = ended.stderr.splitlines()
        assert line.startswith(f"routeguide nearest: {address}: UNAVAILABLE: ")
        assert line.endswith(f"; {hint}")


def test_invalid_files(tmp_path: Path, options: list[str]) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    address = ["--address", "localhost:0"]
    line = refusal(*address, "--token-file", empty, *options, status=2)
    assert line == f"{empty}: no token in it"
    if not options:
        line = refusal(*address, "--tls-cert", empty, "--tls-key", empty, status=2)
        assert line == f"{empty}: no certificate in it (PEM expected)"
