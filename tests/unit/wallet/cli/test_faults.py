"""Commands in surroundings that are of no use: each says what is wrong in a line."""

import socket

import pytest
from click.testing import CliRunner
from sqlalchemy import make_url

from tests.fixtures.ports import ReservedPort
from tests.fixtures.processes import PATIENCE_SECONDS, process
from wallet.cli.faults import told
from wallet.cli.main import main
from wallet.errors import StorageFullError

pytestmark = pytest.mark.usefixtures("deployment")
_SECRET = "hunter2"  # stands in every address


@pytest.fixture
def url(sqlite_url):
    """
    What is told is the same on both kinds of databases.
    """
    return sqlite_url


@pytest.fixture
def nobody():
    """
    Return the address of a database that nobody serves.
    """
    port = ReservedPort()
    yield f"postgresql://wallet:{_SECRET}@127.0.0.1:{port.number}/wallet"
    port.close()


def said(*arguments, **settings):
    """
    Run a command and return the one line that it ends with.
    """
    environment = {f"FUSION_WALLET_{name.upper()}": value for name, value in settings.items()}
    result = CliRunner().invoke(main, list(arguments), env=environment)
    assert 1 == result.exit_code, result.output
    assert isinstance(result.exception, SystemExit)
    assert _SECRET not in result.output
    (line,) = result.output.strip().splitlines()
    return line


class TestSettings:
    def test_a_value_of_another_kind(self):
        """
        The setting is named as the operator wrote it.
        """
        assert "FUSION_WALLET_PORT: Input should be a valid integer" in said("migrate", port="x")

    @pytest.mark.parametrize(
        ("address", "line"),
        [
            (f"mysql://a:{_SECRET}@b/c", "does not begin with sqlite:/// or postgresql://"),
            (f"postgresql://a:{_SECRET}@[::1/c", "it cannot be read"),
            (f"postgresql://a:{_SECRET}@b/c?wrong=1", "a parameter that the driver does not know"),
            ("sqlite:///", "it names no file"),
        ],
    )
    @pytest.mark.parametrize("command", [("migrate",), ("parties", "list"), ("worker",)])
    def test_an_address_that_does_not_do(self, command, address, line):
        """
        So is the address of the database, whose password is not told.
        """
        told = said(*command, database_url=address)

        assert told.startswith("Error: FUSION_WALLET_DATABASE_URL: ")
        assert line in told

    @pytest.mark.parametrize(
        "origin", ["", "wallet.example", "https://wallet.example/", "https://wallet.example/a"]
    )
    def test_an_origin_that_is_none(self, origin):
        """
        So is an address of the wallet's that no signature could be checked against.
        """
        told = said("migrate", public_origin=origin)

        assert told.startswith("Error: FUSION_WALLET_PUBLIC_ORIGIN: ")

    @pytest.mark.parametrize("host", ["", "localhost", "wallet.example"])
    def test_a_host_that_is_no_address(self, host):
        """
        So is a name where an address to listen on belongs.
        """
        assert said("serve", host=host).startswith("Error: FUSION_WALLET_HOST: ")

    def test_a_place_where_nothing_can_be_made(self, tmp_path):
        """
        A key file that cannot be made is told with its place and the system's reason.
        """
        (tmp_path / "file").touch()
        told = said("keys", "new", key_file=f"{tmp_path}/file/keys.json")

        assert f"Error: {tmp_path}/file: File exists" == told

    def test_settings_of_an_integration(self, deployment):
        """
        What an integration lacks is told with the file it belongs in.
        """
        told = said("parties", "list", integrations="health_card")

        assert f"{deployment.folder}/integrations.json: health_card: Object missing" in told


class TestDatabase:
    @pytest.mark.parametrize(
        ("command", "line"),
        [
            (("migrate",), "Error: No host of the database takes writes: "),
            (("parties", "list"), "Error: The database does not answer: "),
        ],
    )
    def test_nobody_listens(self, nobody, command, line):
        """
        A database that is away is told as such, with the system's reason.
        """
        told = said(*command, database_url=nobody)

        assert told.startswith(line)
        assert "Connect call failed" in told

    @pytest.mark.parametrize("command", [("migrate",), ("parties", "list")])
    def test_a_folder_that_does_not_exist(self, command):
        """
        So is a file in a folder that is not there.
        """
        told = said(*command, database_url="sqlite:///nowhere/at/all.db")

        assert told.endswith(": unable to open database file, no folder nowhere/at.")

    def test_a_way_of_tls_that_there_is_not(self, nobody):
        """
        What the driver cannot make sense of is told in its words.
        """
        told = said("migrate", database_url=f"{nobody}?sslmode=sometimes")

        assert "The database cannot be used: `sslmode` parameter must be one of" in told

    def test_an_account_that_there_is_not(self, postgres_url):
        """
        So is what the server answers.
        """
        told = said("migrate", database_url=postgres_url.replace("postgres@", "stranger@"))

        assert 'Error: The database cannot be used: role "stranger" does not exist.' == told

    @pytest.mark.parametrize("kind", ["sqlite", "postgres"])
    @pytest.mark.parametrize(
        "command",
        [("parties", "list"), ("parties", "create", "--name", _SECRET, "--kind", "hospital")],
    )
    def test_without_tables(self, tmp_path, postgres_url, kind, command):
        """
        A database that nobody has migrated says what to run, and repeats no value.
        """
        address = f"sqlite:///{tmp_path}/empty.db"
        if kind == "postgres":
            address = make_url(postgres_url).set(database="postgres").render_as_string()

        assert "run `fusion-wallet migrate`" in said(*command, database_url=address)

    def test_full(self):
        """
        A database without room says so.
        """
        assert told(StorageFullError()) == "The database has no room."

    def test_mistakes_of_the_program_keep_their_trace(self):
        """
        Whatever is not known is none of this.
        """
        assert told(ZeroDivisionError()) is None


@pytest.mark.slow
def test_an_address_that_is_taken(deployment):
    """
    A server that cannot listen says where.
    """
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with process(deployment, "serve", port=port) as (child, log):
            code = child.wait(PATIENCE_SECONDS)
    lines = log.read_text().strip().splitlines()

    assert (1, 1) == (code, len(lines))
    assert f"127.0.0.1:{port}: Address already in use" in lines[0]


@pytest.mark.slow
def test_a_server_ends_with_a_line(deployment):
    """
    Of a server it is a process of its own that finds out; its parent ends too.
    """
    settings = {"port": 0, "database_url": "sqlite:///"}
    with process(deployment, "serve", **settings) as (child, log):
        code = child.wait(PATIENCE_SECONDS)
    lines = log.read_text().strip().splitlines()

    assert (1, 1) == (code, len(lines))
    assert "it names no file" in lines[0]
