"""Random histories of one resident, told by a seed, played on any wallet."""

from hashlib import shake_256

from codes import FUSION_1
from integrations.spi import Purpose, Refused, Valid
from tests.fakes.integrations import UNAVAILABLE
from tests.fixtures.region import FULL, LI, MASKED
from wallet.clock import seconds
from wallet.devices.errors import DeviceFrozenError
from wallet.errors import NotFoundError, WalletError

CONTEXTS = ("health_card", "insurance", "payment")
PURPOSES = tuple(Purpose)
VERDICTS = (Valid({"label": "l"}), Refused("SUSPENDED"), UNAVAILABLE, Valid({"label": "m"}))
# how often each thing is done, beside each other
WEIGHTS = {
    "scan": 24,
    "scan_of_server": 6,
    "same_post": 4,
    "same_key_elsewhere": 2,
    "same_key_for_other": 2,
    "same_code": 4,
    "older_code": 2,
    "wrong_code": 1,
    "pass_time": 6,
    "withdraw": 2,
    "grant": 2,
    "unlink": 1,
    "link": 2,
    "verdict": 1,
    "freeze": 1,
    "unfreeze": 3,
    "revoke": 1,
    "settle_alarms": 4,
}
ACTIONS = tuple(name for name, weight in WEIGHTS.items() for _ in range(weight))


class Dice:
    """
    Numbers that a seed decides.
    """

    def __init__(self, seed, rolls=4096):
        self._bytes = iter(shake_256(str(seed).encode()).digest(rolls))

    def roll(self, sides):
        return next(self._bytes) % sides

    def choose(self, options):
        return options[self.roll(len(options))]


class Player:
    """
    Plays a history on one wallet and notes what each step was answered.
    """

    def __init__(self, region, dice):
        self.region, self.dice = region, dice
        self.seen = []
        self.shown = []
        self.posts = []

    async def begin(self):
        region = self.region
        self.resident_id = await region.resident(LI, *CONTEXTS)
        first = await region.hospital()
        self.desks = [first, await first.neighbour(), await region.hospital(name="城南药店")]
        self.phone = await region.phone(self.resident_id)
        self.places = {}
        for number, desk in enumerate(self.desks):
            self.places[desk.party_id] = f"party of {number}"
            self.places[desk.terminal_id] = f"desk {number}"
        return self

    async def play(self, steps):
        for _ in range(steps):
            action = self.dice.choose(ACTIONS)
            try:
                told = await getattr(self, action)()
            except WalletError as error:
                told = (error.code, dict(error.members))
            self.seen.append((action, told))

    async def post(self, desk, code, **given):
        """
        Post a code; its key and everything else is kept for a repetition.
        """
        self.posts.append((desk, code, given))
        answer = await self.region.resolving.resolve(self.region.attempt(desk, code, **given))
        return answer.replayed, answer.resolved.__class__(
            **{
                name: "" if name == "presentation" else getattr(answer.resolved, name)
                for name in answer.resolved.__struct_fields__
            }
        )

    def wish(self):
        """
        Return how a desk asks: purpose, contexts and scopes, under a key of its own.
        """
        return {
            "key": f"post-{len(self.posts)}",
            "purpose": self.dice.choose(PURPOSES),
            "contexts": self.dice.choose(((), (), (), ("payment",), ("epidemic", "insurance"))),
            "scopes": self.dice.choose((MASKED, FULL)),
        }

    async def scan(self):
        now = seconds(self.region.clock.now())
        sub = sum(1 for step, _ in self.shown if step == now // FUSION_1.step_seconds)
        if sub >= FUSION_1.subs:
            await self.pass_time()
            return "no code left"
        code = self.phone.show(sub)
        self.shown.append((now // FUSION_1.step_seconds, code))
        if self.dice.roll(8) == 0:
            return "shown only"
        return await self.post(self.dice.choose(self.desks), code, **self.wish())

    async def scan_of_server(self):
        shown = await self.region.people.devices.showing.show(self.resident_id)
        return await self.post(self.dice.choose(self.desks), shown.text, **self.wish())

    async def same_post(self):
        if not self.posts:
            return "nothing yet"
        desk, code, given = self.dice.choose(self.posts[-3:])
        return await self.post(desk, code, **given)

    async def same_key_elsewhere(self):
        if not self.posts:
            return "nothing yet"
        _, code, given = self.posts[-1]
        return await self.post(self.dice.choose(self.desks), code, **given)

    async def same_key_for_other(self):
        if not self.posts:
            return "nothing yet"
        desk, code, given = self.posts[-1]
        return await self.post(desk, code, **(given | {"contexts": ("health_card",)}))

    async def same_code(self):
        if not self.shown:
            return "nothing yet"
        return await self.post(self.dice.choose(self.desks), self.shown[-1][1], **self.wish())

    async def older_code(self):
        if not self.shown:
            return "nothing yet"
        _, code = self.dice.choose(self.shown[-4:])
        return await self.post(self.dice.choose(self.desks), code, **self.wish())

    async def wrong_code(self):
        if not self.shown:
            return "nothing yet"
        code = self.shown[-1][1]
        wrong = code[:-1] + ("0" if code[-1] != "0" else "G")
        return await self.post(self.dice.choose(self.desks), wrong, **self.wish())

    async def pass_time(self):
        self.region.clock.advance(self.dice.choose((1, 9, 11, 30, 30, 60, 301)))
        return "later"

    async def withdraw(self):
        await self.region.withdraw(
            self.resident_id, self.dice.choose(CONTEXTS), self.dice.choose(PURPOSES)
        )
        return "withdrawn"

    async def grant(self):
        party = self.dice.choose((0, self.desks[0].party_id))
        await self.region.people.consents.grant(
            self.resident_id, self.dice.choose(CONTEXTS), self.dice.choose(PURPOSES).value, party
        )
        return "granted"

    async def unlink(self):
        context, linking = self.dice.choose(CONTEXTS), self.region.people.linking
        for binding in await linking.of_resident(self.resident_id):
            if binding.context == context:
                await linking.unlink(self.resident_id, linking.handle(binding))
        return "unlinked"

    async def link(self):
        await self.region.link(self.resident_id, self.dice.choose(CONTEXTS))
        return "linked"

    async def verdict(self):
        self.region.fake(self.dice.choose(CONTEXTS)).verdict = self.dice.choose(VERDICTS)
        return "changed"

    async def freeze(self):
        await self.region.people.devices.keeping.freeze(self.resident_id)
        return "frozen"

    async def unfreeze(self):
        await self.region.people.devices.keeping.unfreeze(self.resident_id)
        return "unfrozen"

    async def settle_alarms(self):
        """
        Have the phone settle the alarms of all devices that may be spoken for.
        """
        keeping = self.region.people.devices.keeping
        for device in await keeping.of_resident(self.resident_id):
            if device.alarmed_at is not None:
                clearing = self.phone.clearing(device.device_no)
                await keeping.clear_alarm(self.resident_id, clearing)
        return "settled"

    async def revoke(self):
        """
        Revoke the phone and enrol another one, unless the resident froze everything.
        """
        try:
            await self.region.people.devices.keeping.revoke(self.resident_id, self.phone.device_no)
            self.phone = await self.region.phone(self.resident_id)
        except (NotFoundError, DeviceFrozenError) as error:
            return error.code
        self.shown.clear()
        return "another phone"
