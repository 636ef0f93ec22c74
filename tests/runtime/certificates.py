"""Certificates for tests: an authority, and the files of the nodes that it signs."""

import datetime
from pathlib import Path

import trustme

from runtime.network.tls import Tls

LONG_AGO = datetime.datetime(2001, 1, 1, tzinfo=datetime.UTC)


class Authority:
    """An authority whose files lie in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._folder.mkdir(exist_ok=True)
        self._authority = trustme.CA()
        self.path = folder / "authority.pem"
        self._authority.cert_pem.write_to_path(self.path)

    def sign(self, *names: str, expires: datetime.datetime | None = None, file: str = "") -> Tls:
        """Makes a certificate with those names, and its key, in files named after the first."""
        issued = self._authority.issue_cert(*names, not_after=expires)
        file = file or names[0]
        certificate, key = self._folder / f"{file}.pem", self._folder / f"{file}.key"
        chain = b"".join(blob.bytes() for blob in issued.cert_chain_pems)
        _write(certificate, chain)
        _write(key, issued.private_key_pem.bytes())
        return Tls(certificate=certificate, key=key, authority=self.path)


def _write(path: Path, content: bytes) -> None:
    # Replace the file in one step, because a node may be reading it.
    fresh = path.with_suffix(".new")
    fresh.write_bytes(content)
    fresh.rename(path)
