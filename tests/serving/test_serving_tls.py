"""TLS of `routeguide serve`: which clients connect, and certificates that change under calls."""

from __future__ import annotations

import logging
import os
import socket
import ssl
import threading
from contextlib import AbstractContextManager
from pathlib import Path

import grpc
import pytest
import routeguide
import routeguide.aio
from routeguide.commands.main import main
from routeguide.common.addresses import split_address
from routeguide.rpc.channels import Security, open_channel
from routeguide.rpc.pem_files import read_authorities
from routeguide.serving.tls import PemError, ServerTls, TlsFiles
from support.authorities import Authority, Pair
from support.observed_server import observed_server
from support.serving import WATCHDOG_S, LoopThread, Requests, at, status_of, stub_for

HERE = at(409146138, -746188906)


def secure_server(loop_thread: LoopThread, files: TlsFiles) -> AbstractContextManager[str]:
    return observed_server(loop_thread, credentials=ServerTls(files).credentials)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="module")
def authority(folder: Path) -> Authority:
    return Authority(folder)


@pytest.fixture(scope="module")
def stranger(folder: Path) -> Authority:
    return Authority(folder, "stranger")


@pytest.fixture(scope="module")
def pair(authority: Authority) -> Pair:
    return authority.issue("server")


def get_feature(address: str, security: Security) -> str:
    with open_channel(address, security) as channel:
        answer = stub_for(channel).GetFeature(HERE, timeout=WATCHDOG_S)
    return answer.name


def refusal(address: str, security: Security) -> grpc.StatusCode:
    return status_of(lambda: get_feature(address, security))[0]


def test_a_client_needs_to_trust_the_authority(
    loop_thread: LoopThread, authority: Authority, stranger: Authority, pair: Pair
) -> None:
    with secure_server(loop_thread, TlsFiles(pair.cert, pair.key)) as address:
        assert get_feature(address, Security(tls_ca=authority.file)).startswith("Berkshire")
        assert refusal(address, Security(tls_ca=stranger.file)) == grpc.StatusCode.UNAVAILABLE
        assert refusal(address, Security(tls=True)) == grpc.StatusCode.UNAVAILABLE
        assert refusal(address, Security()) == grpc.StatusCode.UNAVAILABLE


def test_a_command_in_plain_text_suggests_tls(
    loop_thread: LoopThread, pair: Pair, capsys: pytest.CaptureFixture[str]
) -> None:
    with secure_server(loop_thread, TlsFiles(pair.cert, pair.key)) as address:
        assert main(["nearest", address, "40", "-74"]) == 1
    line = capsys.readouterr().err
    assert line.startswith(f"routeguide nearest: {address}: UNAVAILABLE: ")
    assert line.endswith("; is it a TLS server? try --tls\n")


@pytest.mark.parametrize("content", [False, True], ids=["paths", "content"])
def test_the_typed_clients_present_their_certificate(
    loop_thread: LoopThread, authority: Authority, pair: Pair, content: bool
) -> None:
    ours = authority.issue("typed")
    files = (authority.file, ours.cert, ours.key)
    ca, cert, key = (file.read_bytes() if content else file for file in files)

    async def name_of(address: str) -> str:
        async with routeguide.aio.Client(
            address, tls_ca=ca, tls_cert=cert, tls_key=key, timeout_s=WATCHDOG_S
        ) as client:
            return (await client.get_feature(HERE.latitude, HERE.longitude)).name

    with secure_server(loop_thread, TlsFiles(pair.cert, pair.key, authority.file)) as address:
        with routeguide.Client(address, tls_ca=ca, tls_cert=cert, tls_key=key) as client:
            name = client.get_feature(HERE.latitude, HERE.longitude).name
        assert name.startswith("Berkshire")
        assert loop_thread.run(name_of(address)) == name


def test_a_typed_client_names_the_invalid_file(authority: Authority) -> None:
    ours, other = authority.issue("right"), authority.issue("wrong")
    with pytest.raises(ValueError, match=f"^{other.key}: not the key of the certificate"):
        routeguide.Client("localhost:1", tls_cert=ours.cert, tls_key=other.key)
    with pytest.raises(ValueError, match=r"^the PEM given: no certificate in it"):
        routeguide.Client("localhost:1", tls_ca=b"")


@pytest.mark.parametrize(
    ("name", "identities", "is_expired"),
    [("expired", ("localhost",), True), ("misnamed", ("elsewhere.example",), False)],
)
def test_an_invalid_certificate_is_refused(
    loop_thread: LoopThread,
    authority: Authority,
    name: str,
    identities: tuple[str, ...],
    is_expired: bool,
) -> None:
    pair = authority.issue(name, *identities, is_expired=is_expired)
    with secure_server(loop_thread, TlsFiles(pair.cert, pair.key)) as address:
        security = Security(tls_ca=authority.file)
        assert refusal(address, security) == grpc.StatusCode.UNAVAILABLE


def test_mutual_tls_accepts_only_certificates_of_the_authority(
    loop_thread: LoopThread, authority: Authority, stranger: Authority, pair: Pair
) -> None:
    known = authority.issue("client", "client@example")
    expired = authority.issue("expired-client", "client@example", is_expired=True)
    unknown = stranger.issue("unknown", "client@example")
    with secure_server(loop_thread, TlsFiles(pair.cert, pair.key, authority.file)) as address:

        def shown(client: Pair) -> Security:
            return Security(tls_ca=authority.file, tls_cert=client.cert, tls_key=client.key)

        assert get_feature(address, shown(known)).startswith("Berkshire")
        assert refusal(address, shown(expired)) == grpc.StatusCode.UNAVAILABLE
        assert refusal(address, shown(unknown)) == grpc.StatusCode.UNAVAILABLE
        nothing_shown = Security(tls_ca=authority.file)
        assert refusal(address, nothing_shown) == grpc.StatusCode.UNAVAILABLE


def test_invalid_files_are_refused_at_the_start(pair: Pair, tmp_path: Path) -> None:
    with pytest.raises(PemError, match="No such file"):
        ServerTls(TlsFiles(tmp_path / "missing.pem", pair.key))
    with pytest.raises(PemError, match="no certificate in it"):
        ServerTls(TlsFiles(pair.cert, pair.key, pair.key))


def test_authorities_may_have_comments_in_any_script(authority: Authority, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes("# Főtanúsítvány\n".encode() + authority.file.read_bytes())
    assert read_authorities(bundle) == bundle.read_bytes()


def serial_numbers(address: str, authority: Authority) -> list[object]:
    """The serial numbers of the certificates that new connections to each address get."""
    context = ssl.create_default_context(cafile=authority.file)
    context.set_alpn_protocols(["h2"])
    host, port = split_address(address)
    found: list[object] = []
    for family, kind, protocol, _, to in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        with socket.socket(family, kind, protocol) as plain:
            plain.connect(to)
            with context.wrap_socket(plain, server_hostname=host) as secure:
                shown = secure.getpeercert()
                assert shown is not None
                found.append(shown["serialNumber"])
    return found


def test_a_pipe_instead_of_a_file_blocks_no_handshake(
    loop_thread: LoopThread, authority: Authority
) -> None:
    pair = authority.issue("piped")
    with secure_server(loop_thread, TlsFiles(pair.cert, pair.key)) as address:
        before = serial_numbers(address, authority)
        pair.key.unlink()
        os.mkfifo(pair.key)  # which has no writer
        assert serial_numbers(address, authority) == before


def test_a_certificate_changes_while_calls_run(
    loop_thread: LoopThread,
    authority: Authority,
    folder: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "routeguide.serving.tls")
    pair = authority.issue("changing")
    first_cert, first_key = pair.cert.read_bytes(), pair.key.read_bytes()
    renewed = authority.issue("renewed")
    failures: list[grpc.RpcError] = []
    is_over = threading.Event()
    called = threading.Semaphore(0)
    security = Security(tls_ca=authority.file)

    def call_and_call(address: str) -> None:
        """Call over one connection, and over a new one for each call."""
        with open_channel(address, security) as channel:
            stub = stub_for(channel)
            while not is_over.is_set():
                try:
                    stub.GetFeature(HERE, timeout=WATCHDOG_S)
                    get_feature(address, security)
                except grpc.RpcError as error:
                    failures.append(error)
                called.release()

    def let_calls_pass() -> None:
        for _ in range(6):
            assert called.acquire(timeout=WATCHDOG_S)

    with secure_server(loop_thread, TlsFiles(pair.cert, pair.key)) as address:
        callers = [threading.Thread(target=call_and_call, args=(address,)) for _ in range(2)]
        for caller in callers:
            caller.start()
        requests = Requests()
        with open_channel(address, security) as channel:
            open_call = stub_for(channel).RecordRoute.future(requests, timeout=WATCHDOG_S)
            requests.send(HERE)
            let_calls_pass()
            before = serial_numbers(address, authority)

            # Certificate and key are replaced one after the other, as certificate tools do.
            pair.cert.write_bytes(renewed.cert.read_bytes())
            let_calls_pass()
            assert serial_numbers(address, authority) == before
            pair.key.write_bytes(renewed.key.read_bytes())
            let_calls_pass()
            after = serial_numbers(address, authority)
            assert len(set(before)) == len(set(after)) == 1
            assert set(before).isdisjoint(after)

            # Truncated files, and then complete ones.
            pair.key.write_bytes(first_key[: len(first_key) // 2])
            pair.cert.write_bytes(first_cert)
            assert serial_numbers(address, authority) == after
            pair.key.write_bytes(first_key)
            assert serial_numbers(address, authority) == before

            requests.send(HERE)
            requests.end()
            assert open_call.result().point_count == 2
        is_over.set()
        for caller in callers:
            caller.join()
    assert not failures
    lines = [record.getMessage() for record in caplog.records]
    assert [line for line in lines if "not the key of" in line] == [
        f"keeping the previous certificate: {pair.key}: not the key of the certificate in"
        f" {pair.cert}"
    ]
    assert sum("new connections get" in line for line in lines) == 2
