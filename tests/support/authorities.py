"""Certificates for tests, issued by certificate authorities of their own."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

import trustme

YEAR = datetime.timedelta(days=365)


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, as PEM files."""

    cert: Path
    key: Path


class Authority:
    """Issues certificates into a folder."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self._ca = trustme.CA(organization_name=name)
        self._folder = folder
        self.file = folder / f"{name}.pem"
        self._ca.cert_pem.write_to_path(str(self.file))

    def issue(self, name: str, *identities: str, is_expired: bool = False) -> Pair:
        """Issue a pair for hosts into NAME.pem and NAME.key, replacing existing files."""
        not_after = datetime.datetime.now(datetime.timezone.utc) - YEAR if is_expired else None
        issued = self._ca.issue_cert(
            *(identities or ("localhost",)),
            not_before=None if not_after is None else not_after - YEAR,
            not_after=not_after,
        )
        pair = Pair(self._folder / f"{name}.pem", self._folder / f"{name}.key")
        pair.cert.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        pair.key.write_bytes(issued.private_key_pem.bytes())
        return pair
