"""From settings to services: the pieces that need files."""

import json

import click
import pytest
from structlog.testing import capture_logs

from integrations.spi import Exchange
from wallet.cli.composition import integration_parts, load_keys, observe, open_registry, plugins
from wallet.settings import Settings

SECRET = "sk-very-secret-partner-key"


@pytest.fixture
def file(tmp_path):
    """
    An integrations file that only its owner may read.
    """
    path = tmp_path / "integrations.json"
    path.write_text(json.dumps({"nhsa": {"secret": SECRET}}))
    path.chmod(0o400)
    return path


class TestIntegrationParts:
    def test_owner_alone(self, file):
        """
        A file that only its owner may read is read.
        """
        assert {"nhsa"} == set(integration_parts(file))

    @pytest.mark.parametrize("mode", [0o440, 0o404, 0o644, 0o620, 0o601])
    def test_open_to_others(self, file, mode):
        """
        A file that group or others may use in any way is refused, like the key file.
        """
        file.chmod(mode)

        with pytest.raises(click.ClickException, match="chmod 0400"):
            integration_parts(file)

    def test_missing(self, tmp_path):
        """
        Without a file there are no settings.
        """
        assert {} == integration_parts(tmp_path / "none.json")

    def test_cannot_be_read(self, tmp_path):
        """
        Something that is no file is refused.
        """
        folder = tmp_path / "folder"
        folder.mkdir(0o700)

        with pytest.raises(click.ClickException, match="cannot be read"):
            integration_parts(folder)

    @pytest.mark.parametrize("text", ["[]", "{", f'"{SECRET}"'])
    def test_malformed(self, file, text):
        """
        What is not an object of integrations is refused, and no value is shown.
        """
        file.chmod(0o600)
        file.write_text(text)
        with pytest.raises(click.ClickException) as refused:
            integration_parts(file)

        assert SECRET not in refused.value.message


class TestOpenRegistry:
    def test_open_file(self, file):
        """
        No integration is opened while others may read their keys.
        """
        file.chmod(0o644)

        with pytest.raises(click.ClickException, match="chmod"):
            open_registry(Settings(integration_settings=file, integrations=""))


class TestPlugins:
    def test_in_the_order_given(self):
        """
        Only the allowed ones, in the order that was given.
        """
        assert ["nhsa", "alipay"] == [each.manifest.id for each in plugins(("nhsa", "alipay"))]

    def test_unknown(self):
        """
        A name that is neither shipped nor installed is refused by name.
        """
        with pytest.raises(click.ClickException, match="no_such_thing"):
            plugins(("nhsa", "no_such_thing"))


class TestLoadKeys:
    def test_missing(self, tmp_path):
        """
        Without a key file the command says how to make one.
        """
        with pytest.raises(click.ClickException, match="keys new"):
            load_keys(Settings(key_file=tmp_path / "keys.json"))


class TestObserve:
    def test_logs_no_text(self):
        """
        Of an exchange with a partner the log has codes and times, and no text.
        """
        exchange = Exchange(
            integration="nhsa",
            operation="2207",
            reference="H440106000001",
            request=SECRET,
            response=SECRET,
            result="-1",
            milliseconds=12,
        )
        with capture_logs() as written:
            observe(exchange)

        assert [
            {
                "event": "partner exchange",
                "integration": "nhsa",
                "operation": "2207",
                "partner_code": "-1",
                "ms": 12,
                "log_level": "info",
            }
        ] == written
