"""What a person with a shell does about operators."""

import json

import pytest


def added(deployment, name="zhang", *arguments):
    return deployment.told("operators", "add", name, "--display", "张三", *arguments)


def listed(deployment):
    return [json.loads(line) for line in deployment.told("operators", "list").splitlines()]


class TestAdd:
    def test_token(self, deployment):
        """
        Adding prints a token with which the operator enrols, and the list shows them.
        """
        token = added(deployment, "zhang", "--role", "auditor")
        enrolling = deployment.use(
            lambda s: s.people.operators.enrolment.redeem(token, "a quiet river")
        )

        assert "otpauth://totp/fusion-wallet%20127.0.0.1:zhang" == enrolling.uri.split("?")[0]
        assert [("zhang", "张三", "auditor", "active", None)] == [
            (o["name"], o["display"], o["role"], o["status"], o["enrolled_at"])
            for o in listed(deployment)
        ]

    @pytest.mark.parametrize(
        ("name", "said"), [("zhang", "of that name"), ("Zhang", "a-z"), ("张", "a-z")]
    )
    def test_refused(self, deployment, name, said):
        """
        A name that is taken or not of the form is refused in words.
        """
        added(deployment)
        result = deployment.run("operators", "add", name, "--display", "x")

        assert (1, True) == (result.exit_code, said in result.output)

    def test_role(self, deployment):
        """
        There are two roles.
        """
        result = deployment.run("operators", "add", "li", "--display", "x", "--role", "root")

        assert 2 == result.exit_code


class TestLetIn:
    @pytest.mark.parametrize(
        ("address", "code"), [("203.0.113.9", 0), ("2001:db8::1", 0), ("zhang", 1)]
    )
    def test_address(self, deployment, address, code):
        """
        A network is let in by an address in it, and by nothing else.
        """
        assert code == deployment.run("operators", "let-in", address).exit_code


class TestDisable:
    def test_and_enable(self, deployment):
        """
        A disabled operator is listed as such until enabled.
        """
        added(deployment)
        said = [deployment.told("operators", "disable", "zhang"), listed(deployment)[0]["status"]]
        said += [deployment.told("operators", "enable", "zhang"), listed(deployment)[0]["status"]]

        assert ["disabled", "disabled", "active", "active"] == said

    @pytest.mark.parametrize("act", ["disable", "enable", "reset"])
    def test_unknown(self, deployment, act):
        """
        Nobody is said to be nobody.
        """
        result = deployment.run("operators", act, "nobody")

        assert (1, True) == (result.exit_code, "no such operator" in result.output)


class TestReset:
    def test_token(self, deployment):
        """
        A reset prints another token.
        """
        first = added(deployment)
        second = deployment.told("operators", "reset", "zhang")

        assert ("fwoe_", True) == (second[:5], first != second)


@pytest.fixture
def provided(deployment):
    """
    A deployment whose operators have a provider.
    """
    place = deployment.folder / "oidc.json"
    settings = {
        "issuer": "https://id.example",
        "client_id": "wallet",
        "client_secret": "between us",
        "name": {"zh-CN": "甲", "en": "A"},
        "amr": ["otp"],
    }
    place.write_text(json.dumps({"operator": settings}))
    place.chmod(0o400)
    deployment.providers = place
    return deployment


class TestLink:
    def test_and_unlink(self, provided):
        """
        A linked operator is listed as such until unlinked.
        """
        added(provided)
        said = [provided.told("operators", "link", "zhang", "--subject", "abc")]
        said.append(listed(provided)[0]["linked"])
        said.append(provided.told("operators", "unlink", "zhang"))
        said.append(listed(provided)[0]["linked"])

        assert ["linked", True, "unlinked", False] == said

    def test_refused(self, provided):
        """
        An account is one operator's; nobody, nothing and no account are told apart in words.
        """
        added(provided)
        added(provided, "li")
        provided.told("operators", "link", "zhang", "--subject", "abc")
        asked = [
            ("link", "li", "--subject", "abc"),
            ("link", "li", "--subject", "甲"),
            ("link", "nobody", "--subject", "x"),
            ("unlink", "li"),
        ]
        results = [provided.run("operators", *each) for each in asked]

        assert [1, 1, 1, 1] == [each.exit_code for each in results]
        assert [
            "that account is linked to another operator",
            "a subject has 1 to 255 printable ASCII characters",
            "no such operator",
            "no account is linked",
        ] == [each.output.strip().removeprefix("Error: ") for each in results]

    def test_reset(self, provided):
        """
        A reset unlinks too; the account may then be another's.
        """
        added(provided)
        added(provided, "li")
        provided.told("operators", "link", "zhang", "--subject", "abc")
        provided.told("operators", "reset", "zhang")

        assert "linked" == provided.told("operators", "link", "li", "--subject", "abc")

    def test_no_provider(self, deployment):
        """
        Without a provider there is nothing to link to.
        """
        added(deployment)
        result = deployment.run("operators", "link", "zhang", "--subject", "abc")

        assert (1, True) == (result.exit_code, "no provider" in result.output)

    @pytest.mark.parametrize(
        ("mode", "content", "said"),
        [(0o440, "{}", "chmod 0400"), (0o400, '{"operator": {}}', "operator")],
    )
    def test_file(self, provided, mode, content, said):
        """
        A file that others may read, or that says too little, stops everything in words.
        """
        provided.providers.chmod(0o600)
        provided.providers.write_text(content)
        provided.providers.chmod(mode)
        result = provided.run("operators", "list")

        assert (1, True) == (result.exit_code, said in result.output)
