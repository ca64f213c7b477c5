"""Certificates and tokens, as a client checks them before it connects."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from routeguide.common.addresses import stays_on_this_machine
from routeguide.rpc.bearer import NotAuthenticatedError, authorization, token_in
from routeguide.rpc.channels import PemError, Security, channel_credentials, open_channel
from support.authorities import Authority


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


def test_a_key_without_its_certificate_is_refused() -> None:
    with pytest.raises(ValueError, match="together"):
        Security(tls_key="a.key")


@pytest.mark.parametrize("address", ["", "localhost", "http://localhost:50051", "tcp://[::1]:1"])
def test_an_address_without_a_port_or_with_a_scheme_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=f"expected HOST:PORT, not '{re.escape(address)}'"):
        open_channel(address)


@pytest.mark.parametrize(
    "address", ["localhost:1", "[::1]:1", "unix:/no/socket", "dns:///localhost:1"]
)
def test_addresses_that_grpc_knows_are_accepted(address: str) -> None:
    open_channel(address).close()


@pytest.mark.parametrize("token", ["", "two words", "new\nline", "caf\u00e9", "a=b"])
def test_an_invalid_token_is_refused_and_not_shown(token: str) -> None:
    with pytest.raises(ValueError, match="letters, digits") as caught:
        Security(token=token)
    assert not token or token not in str(caught.value)


def test_the_metadata_has_the_token_in_the_form_that_servers_read() -> None:
    assert Security().metadata == ()
    assert Security(token="a-b.c~d+e/f==").metadata == (("authorization", "Bearer a-b.c~d+e/f=="),)
    assert token_in(authorization("secret")) == "secret"
    assert token_in([("user-agent", "x"), ("authorization", "bearer secret")]) == "secret"


@pytest.mark.parametrize(
    "values", [["Basic secret"], ["secret"], ["Bearer "], ["Bearer a b"], ["Bearer a", "Bearer b"]]
)
def test_other_forms_of_authorization_are_refused(values: list[str]) -> None:
    with pytest.raises(NotAuthenticatedError, match="not of the form Bearer TOKEN"):
        token_in([("authorization", value) for value in values])


def test_errors_name_the_unusable_file_and_the_reason(authority: Authority, tmp_path: Path) -> None:
    good, other = authority.issue("good"), authority.issue("other")
    missing = tmp_path / "missing.pem"
    garbled = tmp_path / "garbled.pem"
    garbled.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    for cert, key, reason in (
        (missing, good.key, f"{missing}: No such file"),
        (good.cert, missing, f"{missing}: No such file"),
        (tmp_path, good.key, f"{tmp_path}: Is a directory"),
        (good.key, good.key, f"{good.key}: no certificate in it"),
        (good.cert, good.cert, f"{good.cert}: no private key in it"),
        (good.cert, other.key, f"{other.key}: not the key of the certificate in {good.cert}"),
        (garbled, good.key, f"{garbled}, {good.key}: not a valid pair"),
    ):
        with pytest.raises(PemError) as caught:
            channel_credentials(authority.file, cert, key)
        assert str(caught.value).startswith(reason)
        assert "\n" not in str(caught.value)
    for ca, reason in (
        (missing, "No such file"),
        (good.key, "no certificate in it"),
        (garbled, "not a valid certificate"),
    ):
        with pytest.raises(PemError, match=f"^{ca}: {reason}"):
            channel_credentials(ca)


def test_a_key_with_a_passphrase_is_refused_without_a_prompt(
    authority: Authority, tmp_path: Path
) -> None:
    from cryptography.hazmat.primitives import serialization

    pair = authority.issue("plain")
    locked = tmp_path / "locked.key"
    key = serialization.load_pem_private_key(pair.key.read_bytes(), password=None)
    locked.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    with pytest.raises(PemError, match="passphrase"):
        channel_credentials(None, pair.cert, locked)


@pytest.mark.parametrize(
    ("address", "stays"),
    [
        ("localhost:1", True),
        ("127.0.0.1:1", True),
        ("127.9.9.9:1", True),
        ("[::1]:1", True),
        ("unix:/run/routeguide", True),
        ("0.0.0.0:1", False),
        ("[::]:1", False),
        ("192.0.2.7:1", False),
        ("localhost.example:1", False),
        ("dns:///somewhere", False),
    ],
)
def test_stays_on_this_machine(address: str, stays: bool) -> None:
    assert stays_on_this_machine(address) is stays


@pytest.mark.parametrize(
    ("address", "is_warned"), [("localhost:1", False), ("geo.example:1", True)]
)
def test_a_token_in_plain_text_logs_a_warning(
    address: str, is_warned: bool, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), open_channel(address, Security(token="secret")):
        pass
    assert ("plain text" in caplog.text) is is_warned
    assert "secret" not in caplog.text
