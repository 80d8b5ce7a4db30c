"""An authority of the run's own, and a certificate for each node, as a region has them."""

import ssl
from pathlib import Path
from typing import Any

import trustme

from tests.ha.software import chown

ADDRESS = "127.0.0.1"


class Authority:
    """
    Issues certificates for the nodes' address.

    Args:
        root: the run's folder.
        account: of the nodes.

    Attributes:
        file: its own certificate.
    """

    def __init__(self, root: Path, account: dict[str, Any]) -> None:
        self._authority = trustme.CA()
        self._account = account
        self.file = root / "authority.pem"
        self._authority.cert_pem.write_to_path(str(self.file))

    def issue(self, folder: Path) -> tuple[Path, Path]:
        """
        Issue a certificate into a node's folder; return its file and that of its key.
        """
        certificate, key = folder / "certificate.pem", folder / "key.pem"
        issued = self._authority.issue_cert(ADDRESS)
        issued.cert_chain_pems[0].write_to_path(str(certificate))
        key.touch(mode=0o600)
        issued.private_key_pem.write_to_path(str(key))
        for path in (certificate, key):
            chown(path, self._account)
        return certificate, key

    def operator(self) -> ssl.SSLContext:
        """
        Return what an operator asks the nodes with: trust in them, and a certificate to show.
        """
        context = self.stranger()
        self._authority.issue_cert("operator@region.example").configure_cert(context)
        return context

    def stranger(self) -> ssl.SSLContext:
        """
        Return what somebody asks with who trusts the nodes and has nothing to show.
        """
        return ssl.create_default_context(cafile=self.file)
