"""Linking and unlinking."""

import asyncio

import pytest

from integrations.spi import (
    ActionRequired,
    ChoiceRequired,
    Linked,
    LinkRequest,
    Refused,
    UnavailableError,
)
from tests.fakes.integrations import CHOICES
from tests.fixtures.region import ZHANG
from wallet.bindings.errors import IntegrationUnavailableError, LinkRefusedError
from wallet.consents.service import PURPOSES
from wallet.errors import NotFoundError


class TestLink:
    async def test_binds_and_consents(self, region, linking, resident_id):
        """
        A link makes a binding, and the consents that linking means.
        """
        step = await linking.link(resident_id, "first")
        consents = await region.people.consents.of_resident(resident_id)

        assert ("first", "subject of first", True) == (
            step.binding.integration_id,
            step.binding.subject,
            step.binding.is_default,
        )
        assert [("insurance", purpose) for purpose in PURPOSES] == [
            (each.context, each.purpose) for each in consents
        ]

    async def test_choice(self, region, linking, resident_id):
        """
        A choice is handed on and comes back with the next step, under the same reference.
        """
        fake = region.registry.get("first")
        fake.link_result = ChoiceRequired(CHOICES)
        asked = await linking.link(resident_id, "first")
        fake.link_result = Linked(subject="310", label="")
        done = await linking.link(resident_id, "first", "310")
        first, second = fake.requests(LinkRequest)

        assert (CHOICES, None, "310") == (asked.choices, asked.binding, done.binding.subject)
        assert ("", "310", first.reference) == (first.choice, second.choice, second.reference)
        assert (True, 32) == (first.reference.isalnum(), len(first.reference))

    async def test_action(self, region, linking, resident_id):
        """
        Where the resident must agree elsewhere first, the page is handed on and nothing bound.
        """
        region.registry.get("first").link_result = ActionRequired(url="https://x.example")
        step = await linking.link(resident_id, "first")

        assert ("https://x.example", None) == (step.url, step.binding)
        assert [] == await linking.of_resident(resident_id)
        assert [] == await region.people.consents.of_resident(resident_id)

    async def test_refused(self, region, linking, resident_id):
        """
        A refusal is told in the catalogue's word.
        """
        region.registry.get("first").link_result = Refused("SUSPENDED")
        with pytest.raises(LinkRefusedError) as caught:
            await linking.link(resident_id, "first")

        assert {"refusal": "SUSPENDED"} == caught.value.members

    @pytest.mark.parametrize(
        "bad",
        [UnavailableError("down"), RuntimeError(), None, "linked", 60, Refused("NOT_LISTED")],
        ids=repr,
    )
    async def test_unavailable(self, region, linking, resident_id, bad):
        """
        Whatever else comes back, or does not, is to be tried again.
        """
        region.registry.get("first").link_result = bad
        with pytest.raises(IntegrationUnavailableError) as caught:
            await linking.link(resident_id, "first")

        assert 2 == caught.value.retry_after_seconds

    async def test_unknown(self, linking, resident_id):
        """
        An integration that is not installed cannot be linked.
        """
        with pytest.raises(NotFoundError):
            await linking.link(resident_id, "nobody")

    async def test_each_attempt_has_its_reference(self, region, linking, resident_id):
        """
        Once a link has ended, the next one goes under another reference.
        """
        step = await linking.link(resident_id, "first")
        await linking.link(resident_id, "first")
        await linking.unlink(resident_id, linking.handle(step.binding))
        await linking.link(resident_id, "first")
        one, two, three = (
            request.reference for request in region.registry.get("first").requests(LinkRequest)
        )

        assert one == two != three

    @pytest.mark.parametrize("again", ["first", "second"])
    async def test_restores_no_withdrawn_consent(self, region, linking, resident_id, again):
        """
        What was withdrawn of a linked context stays so when it, or another one of it, is linked.
        """
        consents = region.people.consents
        await linking.link(resident_id, "first")
        withdrawn = (await consents.of_resident(resident_id))[0]
        await consents.withdraw(resident_id, consents.handle(resident_id, withdrawn))
        await linking.link(resident_id, again)
        left = {each.purpose for each in await consents.of_resident(resident_id)}

        assert set(PURPOSES) - {withdrawn.purpose} == left

    async def test_anew_consents_anew(self, region, linking, resident_id):
        """
        A context that nothing was linked of any more is linked with every purpose.
        """
        consents = region.people.consents
        binding = (await linking.link(resident_id, "first")).binding
        withdrawn = (await consents.of_resident(resident_id))[0]
        await consents.withdraw(resident_id, consents.handle(resident_id, withdrawn))
        await linking.unlink(resident_id, linking.handle(binding))
        await linking.link(resident_id, "second")

        assert len(PURPOSES) == len(await consents.of_resident(resident_id))

    async def test_at_once(self, linking, resident_id):
        """
        Linking the same twice at once binds once.
        """
        steps = await asyncio.gather(*(linking.link(resident_id, "first") for _ in range(2)))

        assert steps[0].binding.binding_id == steps[1].binding.binding_id
        assert 1 == len(await linking.of_resident(resident_id))


class TestLinkable:
    def test_every_linking_integration(self, linking):
        """
        What can be linked is listed in the registry's order.
        """
        assert ["first", "second", "fake_payment"] == [each.id for each in linking.linkable()]


class TestMakeDefault:
    async def test_returns_it(self, linking, resident_id):
        """
        The binding that was chosen comes back as the default.
        """
        await linking.link(resident_id, "first")
        second = (await linking.link(resident_id, "second")).binding
        chosen = await linking.make_default(resident_id, linking.handle(second))

        assert (False, True) == (second.is_default, chosen.is_default)

    async def test_somebody_elses(self, region, linking, resident_id):
        """
        Nobody chooses for somebody else, nor with a made-up handle.
        """
        binding = (await linking.link(resident_id, "first")).binding
        other = await region.resident(ZHANG)
        for handle in (linking.handle(binding), "bnd_" + "0" * 52, ""):
            with pytest.raises(NotFoundError):
                await linking.make_default(other, handle)

    async def test_ended(self, linking, resident_id):
        """
        What has ended cannot be chosen.
        """
        binding = (await linking.link(resident_id, "first")).binding
        await linking.unlink(resident_id, linking.handle(binding))
        with pytest.raises(NotFoundError):
            await linking.make_default(resident_id, linking.handle(binding))


class TestUnlink:
    async def test_here_and_there(self, region, linking, resident_id):
        """
        The binding ends here and is released at the partner.
        """
        binding = (await linking.link(resident_id, "first")).binding
        await linking.unlink(resident_id, linking.handle(binding))

        assert [] == await linking.of_resident(resident_id)
        assert ["subject of first"] == region.registry.get("first").unlinked

    @pytest.mark.parametrize("bad", [UnavailableError("down"), RuntimeError(), None], ids=repr)
    async def test_ends_here_at_once(self, region, linking, resident_id, bad):
        """
        A partner that does not answer does not keep the binding alive; it is asked again later.
        """
        fake = region.registry.get("first")
        binding = (await linking.link(resident_id, "first")).binding
        fake.unlink_result = bad
        with pytest.raises(IntegrationUnavailableError):
            await linking.unlink(resident_id, linking.handle(binding))

        assert [] == await linking.of_resident(resident_id)
        fake.unlink_result = Refused("SUSPENDED")
        with pytest.raises(LinkRefusedError):
            await linking.unlink(resident_id, linking.handle(binding))
        assert 2 == len(fake.unlinked)

    async def test_does_not_release_a_newer_link(self, region, linking, resident_id):
        """
        Repeating it after linking anew leaves the new link at the partner alone.
        """
        binding = (await linking.link(resident_id, "first")).binding
        await linking.unlink(resident_id, linking.handle(binding))
        await linking.link(resident_id, "first")
        await linking.unlink(resident_id, linking.handle(binding))

        assert 1 == len(region.registry.get("first").unlinked)
        assert 1 == len(await linking.of_resident(resident_id))

    async def test_of_an_integration_that_is_gone(self, region, linking, resident_id):
        """
        A binding of an integration that is not installed any more ends here.
        """
        binding = (await linking.link(resident_id, "first")).binding
        region.registry._by_id.pop("first")
        await linking.unlink(resident_id, linking.handle(binding))

        assert [] == await linking.of_resident(resident_id)

    async def test_somebody_elses(self, region, linking, resident_id):
        """
        Nobody unlinks for somebody else.
        """
        binding = (await linking.link(resident_id, "first")).binding
        other = await region.resident(ZHANG)
        with pytest.raises(NotFoundError):
            await linking.unlink(other, linking.handle(binding))

        assert 1 == len(await linking.of_resident(resident_id))
