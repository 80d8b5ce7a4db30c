"""The commands that make, show, rotate and retire keys, and the group they stand in."""

import pytest
from click.testing import CliRunner

from wallet.cli.main import COMMANDS, main


@pytest.fixture
def run(tmp_path, monkeypatch):
    """
    Run the command line in a deployment of its own.
    """
    monkeypatch.setenv("FUSION_WALLET_KEY_FILE", str(tmp_path / "keys.json"))
    monkeypatch.setenv("FUSION_WALLET_DATABASE_URL", f"sqlite:///{tmp_path}/wallet.db")
    monkeypatch.setenv("FUSION_WALLET_INTEGRATIONS", "")
    monkeypatch.setenv("FUSION_WALLET_INTEGRATION_SETTINGS", str(tmp_path / "none.json"))
    return lambda *words, **more: CliRunner().invoke(main, list(words), **more)


class TestMain:
    def test_lists_every_command(self, run):
        """
        The help names every command.
        """
        told = run("--help").output

        assert [] == [name for name in COMMANDS if name not in told]

    def test_unknown_command(self, run):
        """
        A command that is not there is refused.
        """
        assert 2 == run("nothing").exit_code


class TestNew:
    def test_makes_a_private_file(self, run, tmp_path):
        """
        The key file is made for its owner alone.
        """
        assert 0 == run("keys", "new").exit_code
        assert 0o400 == (tmp_path / "keys.json").stat().st_mode & 0o777

    def test_never_overwrites(self, run):
        """
        A second one is refused.
        """
        run("keys", "new")

        assert 1 == run("keys", "new").exit_code


class TestShow:
    def test_no_secret(self, run):
        """
        Ages are shown, no key.
        """
        run("keys", "new")
        told = run("keys", "show").output

        assert "code key   0" in told
        assert "encrypts" in told

    def test_without_a_file(self, run):
        """
        Without a key file it says how to make one.
        """
        told = run("keys", "show")

        assert 1 == told.exit_code
        assert "keys new" in told.output


class TestRotate:
    def test_code_key(self, run):
        """
        A rotated code key stands beside the old one, which now has an end.
        """
        run("keys", "new")
        told = run("keys", "rotate-code", "--lead", "60")
        shown = run("keys", "show").output

        assert 0 == told.exit_code
        assert 2 == shown.count("code key")
        assert 1 == shown.count("until open")

    def test_retire(self, run):
        """
        A code key is retired at once when another one is left; the last one stays.
        """
        run("keys", "new")
        assert 1 == run("keys", "retire-code", "0").exit_code
        run("keys", "rotate-code", "--lead", "60")

        assert 0 == run("keys", "retire-code", "0").exit_code

    def test_data_key(self, run):
        """
        A new data key comes, and the older one encrypts until then; or it takes over at once.
        """
        run("keys", "new")
        assert 0 == run("keys", "rotate-data").exit_code
        shown = run("keys", "show").output

        assert 0 == run("keys", "rotate-data", "--lead", "0").exit_code
        at_once = run("keys", "show").output

        assert (1, 1, 0) == tuple(shown.count(word) for word in ("encrypts", "coming", "decrypts"))
        assert (1, 1, 1) == tuple(
            at_once.count(word) for word in ("encrypts", "coming", "decrypts")
        )

    @pytest.mark.parametrize("command", ["rotate-code", "rotate-data"])
    @pytest.mark.parametrize("lead", ["-99999999999", "99999999999999"])
    def test_a_lead_that_is_none(self, run, tmp_path, command, lead):
        """
        A slip in the seconds until a key begins costs no key: the file stays as it is.
        """
        run("keys", "new")
        before = (tmp_path / "keys.json").read_bytes()
        told = run("keys", command, f"--lead={lead}")

        assert 2 == told.exit_code
        assert before == (tmp_path / "keys.json").read_bytes()


class TestMigrate:
    def test_brings_it_to_the_newest(self, run):
        """
        An empty database is behind, a migrated one is not.
        """
        assert 1 == run("migrate", "--check").exit_code
        assert 0 == run("migrate").exit_code
        assert 0 == run("migrate", "--check").exit_code


class TestResidents:
    def test_known(self, run):
        """
        Whether a document is known is told with purpose and ticket, the number asked for.
        """
        run("keys", "new")
        run("migrate")
        words = ("residents", "known", "--purpose", "complaint", "--ticket", "T-1")
        told = run(*words, input="440104198807213314\n")

        assert "unknown" in told.output
        assert "440104198807213314" not in told.output


class TestOpenapi:
    def test_print(self, run):
        """
        Without an option the document is printed.
        """
        assert '"openapi"' in run("openapi").output

    def test_check(self, run, tmp_path, monkeypatch):
        """
        A folder without the document has drifted; written, it has not.
        """
        monkeypatch.chdir(tmp_path)
        (tmp_path / "openapi").mkdir()
        assert 1 == run("openapi", "--check").exit_code
        assert 0 == run("openapi", "--write").exit_code
        assert 0 == run("openapi", "--check").exit_code


class TestConformance:
    def test_unknown(self, run):
        """
        An integration that is neither shipped nor installed is named as such.
        """
        told = run("conformance", "nobody")

        assert 1 == told.exit_code
        assert "nobody" in told.output
