"""
Loading of integrations that are installed beside the wallet.
"""

import sys

import pytest

from integrations.loader import GROUP, IntegrationNotLoadedError, installed, load

MODULE = """
from integrations.spi import Manifest, Text

class Plugin:
    manifest = Manifest(
        id={id!r}, spi_version=1, context="library_card", title=Text("证", "Card"),
        releases={{}}, refusals={{}},
    )

    def open(self, environment):
        return None

class Broken:
    def __init__(self):
        raise OSError("secret")

class Nothing:
    manifest = "none"
    open = None
"""


@pytest.fixture
def site(tmp_path, monkeypatch):
    """
    An importable folder into which a package can be put without installing it.
    """
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)

    def put(name, *, points, manifest_id=None):
        (tmp_path / f"{name}.py").write_text(MODULE.format(id=manifest_id or name))
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        lines = "\n".join(f"{point} = {target}" for point, target in points.items())
        (info / "entry_points.txt").write_text(f"[{GROUP}]\n{lines}\n")

    yield put
    for module in set(sys.modules) - before:
        if module.startswith("plug_"):
            del sys.modules[module]


class TestInstalled:
    def test_imports_nothing(self, site):
        """
        The list of what is installed imports nothing.
        """
        site("plug_a", points={"plug_a": "plug_a:Plugin"})

        assert "plug_a" in installed()
        assert "plug_a" not in sys.modules


class TestLoad:
    def test_named(self, site):
        """
        A named integration is loaded; one that is not named is not even imported.
        """
        site("plug_b", points={"plug_b": "plug_b:Plugin"})
        site("plug_c", points={"plug_c": "plug_c:Plugin"})

        plugins = load(["plug_b"])

        assert ["plug_b"] == [plugin.manifest.id for plugin in plugins]
        assert "plug_c" not in sys.modules

    def test_nothing_named(self):
        """
        Without names nothing is loaded.
        """
        assert () == load([])

    def test_not_installed(self):
        """
        A name that nobody installed is an error.
        """
        with pytest.raises(IntegrationNotLoadedError, match="plug_none: not installed"):
            load(["plug_none"])

    @pytest.mark.parametrize(
        ("target", "reason"),
        [
            ("plug_d:Missing", "AttributeError"),
            ("plug_missing:Plugin", "ModuleNotFoundError"),
            ("plug_d:Broken", r"plug_d: OSError\Z"),
            ("plug_d:Nothing", "not a plugin"),
        ],
    )
    def test_not_loadable(self, site, target, reason):
        """
        What cannot be loaded is named, without repeating what it said.
        """
        site("plug_d", points={"plug_d": target})

        with pytest.raises(IntegrationNotLoadedError, match=reason):
            load(["plug_d"])

    def test_another_id(self, site):
        """
        A plugin whose manifest has another id than its entry point is refused.
        """
        site("plug_e", points={"plug_e": "plug_e:Plugin"}, manifest_id="other")

        with pytest.raises(IntegrationNotLoadedError, match="manifest says 'other'"):
            load(["plug_e"])

    def test_installed_twice(self, site):
        """
        A name that two packages claim is refused.
        """
        site("plug_f", points={"plug_f": "plug_f:Plugin"})
        site("plug_g", points={"plug_f": "plug_g:Plugin"})

        with pytest.raises(IntegrationNotLoadedError, match="more than one"):
            load(["plug_f"])
