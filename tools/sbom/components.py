"""
Components out of the two locks: Python packages with their digests, JavaScript that pages serve.
"""

import base64
import json
import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from typing import Final

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import LicenseExpression
from packageurl import PackageURL

_PIN: Final = re.compile(
    r"^(?P<name>[a-z0-9][a-z0-9._-]*)(?:\[[^]]*\])?==(?P<version>\S+)(?P<rest>(?:.|\n)*?)(?=^[a-z0-9]|\Z)",
    re.MULTILINE | re.IGNORECASE,
)
_DIGEST: Final = re.compile(r"--hash=(sha256:[0-9a-f]{64})")
_FOLDER: Final = "node_modules/"


def locked(text: str) -> Iterator[Component]:
    """
    Return the packages of a lock of Python's, each with the digests that are accepted.
    """
    for pin in _PIN.finditer(text):
        name, version = pin["name"], pin["version"]
        component = Component(
            name=name,
            version=version,
            type=ComponentType.LIBRARY,
            purl=PackageURL("pypi", None, name, version),
            bom_ref=f"pypi:{name}@{version}",
            licenses=_licences(name),
            # one package has a file for each platform, so these are not its one digest
            properties=[
                Property(name="fusion-wallet:accepted", value=digest)
                for digest in sorted(_DIGEST.findall(pin["rest"]))
            ],
        )
        yield component


def served(lock: bytes) -> Iterator[Component]:
    """
    Return the packages of npm's lock that browsers get; what tests alone use is left out.
    """
    for folder, known in json.loads(lock)["packages"].items():
        if not folder.startswith(_FOLDER) or known.get("dev"):
            continue
        name = folder.rpartition(_FOLDER)[2]
        group, _, bare = name.rpartition("/")
        digest = base64.b64decode(known["integrity"].removeprefix("sha512-")).hex()
        yield Component(
            name=bare,
            group=group or None,
            version=known["version"],
            type=ComponentType.LIBRARY,
            purl=PackageURL("npm", group or None, bare, known["version"]),
            bom_ref=f"npm:{name}@{known['version']}",
            licenses=[LicenseExpression(known["license"])],
            hashes=[HashType(alg=HashAlgorithm.SHA_512, content=digest)],
        )


def _licences(name: str) -> list[LicenseExpression]:
    try:
        told = metadata(name).get("License-Expression")
    except PackageNotFoundError:
        return []
    return [LicenseExpression(told)] if told else []
