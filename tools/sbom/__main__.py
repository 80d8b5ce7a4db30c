"""
``make sbom``: write what the wallet runs on and serves to ``build/sbom.cdx.json`` (CycloneDX 1.6).
"""

import sys
from typing import Final

from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tools.javascript.places import ROOT
from tools.sbom.components import locked, served

PLACE: Final = ROOT / "build" / "sbom.cdx.json"


def main() -> None:
    """
    Write it, after the schema has nothing against it.
    """
    wallet = Component(name="fusion-wallet", version="0.1.0", type=ComponentType.APPLICATION)
    components = [
        *locked((ROOT / "requirements" / "runtime.txt").read_text()),
        *served((ROOT / "javascript" / "package-lock.json").read_bytes()),
    ]
    bom = Bom(components=components)
    bom.metadata.component = wallet
    bom.register_dependency(wallet, components)
    text = JsonV1Dot6(bom).output_as_string(indent=2)
    wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if wrong is not None:
        sys.exit(f"the schema refuses it: {wrong}")
    PLACE.parent.mkdir(exist_ok=True)
    PLACE.write_text(text + "\n")
    print(f"{PLACE.relative_to(ROOT)}: {len(components)} components")


if __name__ == "__main__":
    main()
