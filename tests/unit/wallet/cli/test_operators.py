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
