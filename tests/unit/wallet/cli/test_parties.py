"""What operators do about relying parties."""

import pytest

from tests.fixtures.hospitals import private_key
from wallet.parties.access import Enrolment
from wallet.parties.keys import enrolment_message, sign, to_der
from wallet.parties.words import LEAST_SCOPES, Scope, TerminalKind, least_scopes, scope_text

CASHIER = (
    "resolve:identification resolve:registration resolve:settlement resolve:payment "
    "visits:write settlements:write refunds:write statements:read"
)
NOBODY = 4711


def enrolled(deployment, token):
    """
    Enrol a terminal with a token and return it as it is listed.
    """
    key = private_key("ed25519")
    proof = sign(key, enrolment_message(token, to_der(key.public_key())))
    enrolment = Enrolment(token=token, public_key=key.public_key(), name="desk", proof=proof)
    deployment.use(lambda services: services.people.access.enrol(enrolment))
    return deployment.listed()[-1]


class TestEnrolment:
    @pytest.mark.parametrize("kind", list(TerminalKind))
    def test_least(self, deployment, kind):
        """
        Without scopes a terminal gets what its kind cannot do without.
        """
        token = deployment.told("parties", "enrolment", deployment.party(), "--kind", kind)

        assert scope_text(LEAST_SCOPES[kind]) == enrolled(deployment, token)["scopes"]

    def test_named(self, deployment):
        """
        Named scopes are granted as they are.
        """
        arguments = ("--scope", "identity:full", "--scope", "visits:write")
        token = deployment.told("parties", "enrolment", deployment.party(), *arguments)

        assert "identity:full visits:write" == enrolled(deployment, token)["scopes"]

    def test_patient_screen(self, deployment):
        """
        A signature is taken only where a terminal was said to have a screen, beside a person.
        """
        party_id = deployment.party()
        token = deployment.told("parties", "enrolment", party_id, "--patient-screen")
        arguments = ("enrolment", party_id, "--kind", "kiosk", "--patient-screen")

        assert f"{CASHIER} approvals:screen" == enrolled(deployment, token)["scopes"]
        with pytest.raises(ValueError, match="kiosk"):
            least_scopes(TerminalKind.KIOSK, patient_screen=True)
        assert 1 == deployment.run("parties", *arguments).exit_code


class TestLeastScopes:
    @pytest.mark.parametrize(
        ("kind", "scopes"),
        [
            ("desk", CASHIER),
            ("his", CASHIER + " identity:full"),
            ("kiosk", "resolve:identification resolve:registration"),
            ("gate", "resolve:identification resolve:registration"),
        ],
    )
    def test_kinds(self, kind, scopes):
        """
        Only a hospital's server sees identities in full; kiosks and gates only find people.
        """
        assert {Scope(scope) for scope in scopes.split()} == LEAST_SCOPES[TerminalKind(kind)]


class TestSuspend:
    def test_and_resume(self, deployment):
        """
        A suspended party's terminals may do nothing until it is resumed.
        """
        party_id = deployment.party()
        token = deployment.told("parties", "enrolment", party_id)
        terminal_id = enrolled(deployment, token)["terminal_id"]

        async def active(services):
            async with services.basis.database.reading() as session:
                parties = services.people.parties
                return await parties.terminal_active(session, int(party_id), terminal_id)

        said = [deployment.told("parties", "suspend", party_id)]
        seen = [deployment.listed()[0]["status"], deployment.use(active)]
        said.append(deployment.told("parties", "resume", party_id))
        seen += [deployment.listed()[0]["status"], deployment.use(active)]

        assert (["suspended", "active"], ["suspended", False, "active", True]) == (said, seen)

    @pytest.mark.parametrize("act", ["suspend", "resume", "enrolment"])
    def test_unknown(self, deployment, act):
        """
        A party that is not there is said to be none.
        """
        result = deployment.run("parties", act, NOBODY)

        assert (1, True) == (result.exit_code, "no such party" in result.output)


class TestRevoke:
    def test_terminal(self, deployment):
        """
        A terminal is revoked once.
        """
        party_id = deployment.party()
        token = deployment.told("parties", "enrolment", party_id)
        terminal_id = enrolled(deployment, token)["terminal_id"]
        deployment.told("parties", "revoke", party_id, terminal_id)
        again = deployment.run("parties", "revoke", party_id, terminal_id)

        assert ("revoked", 1) == (deployment.listed()[-1]["status"], again.exit_code)


class TestOddities:
    @pytest.mark.parametrize(
        ("option", "given"),
        [
            ("--name", ""),
            ("--name", "two\nlines"),
            ("--otp-limit", -1),
            ("--signed-limit", 10**20),
            ("--screen-limit", 10**20),
            ("--cash-due", -5),
            ("--cash-due", 10**14),
        ],
    )
    def test_no_party_is_made_of(self, deployment, option, given):
        """
        What the operators' page refuses of a party the command refuses too, and says which.
        """
        words = ("parties", "create", "--name", "x", "--kind", "hospital", option, given)
        told = deployment.run(*words)

        assert (2, []) == (told.exit_code, deployment.listed())
        assert option in told.output

    def test_limits_the_wrong_way_round(self, deployment):
        """
        A signed code may need no approval sooner than a one-time password.
        """
        words = ("parties", "create", "--name", "x", "--kind", "hospital", "--signed-limit", 1)
        told = deployment.run(*words)

        assert (2, []) == (told.exit_code, deployment.listed())
        assert "--signed-limit is below --otp-limit" in told.output

    @pytest.mark.parametrize(
        "words", [("enrolment",), ("suspend",), ("resume",), ("revoke", 1), ("profile", "nhsa")]
    )
    def test_a_number_that_nobody_has(self, deployment, tmp_path, words):
        """
        A number beyond what databases can count is nobody's, and is told as such.
        """
        name, *more = words
        (tmp_path / "profile.json").write_text("{}")
        files = [tmp_path / "profile.json"] if name == "profile" else []
        told = deployment.run("parties", name, 10**20, *more, *files)

        assert 2 == told.exit_code
        assert "PARTY_ID" in told.output

    @pytest.mark.parametrize("content", ["hello", None])
    @pytest.mark.parametrize("words", [("enrol", "token"), ("call", "GET", "/", "--terminal=t")])
    def test_a_key_that_is_none(self, deployment, tmp_path, words, content):
        """
        A file that is no key, or is not to be had, is named in a line.
        """
        path = tmp_path / "desk.pem" if content else tmp_path / "nowhere" / "desk.pem"
        if content:
            path.write_text(content)
        told = deployment.run("parties", *words, "--origin=http://127.0.0.1:1", "--key", path)
        (line,) = told.output.strip().splitlines()

        assert 1 == told.exit_code
        assert line.startswith(f"Error: {path}: ")
