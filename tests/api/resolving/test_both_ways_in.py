"""A post is answered the same, down to the byte, with the framework and without it."""

import shutil

import pytest

from tests.api.resolving.posting import answered, broken, ordinary
from tests.fakes.clock import StandingClock
from tests.fakes.ids import CountingIds
from tests.fixtures.region import LI, Region, health_card, insurance, payment
from tests.fixtures.vaults import make_vault
from tests.unit.wallet.resolving.fast.histories import Dice
from wallet.db.engine import create_engine
from wallet.db.session import Database
from wallet.resolving.entrance import Entrance

SEEDS = range(4)
POSTS = 60
SUBS = 8


class Standing:
    """
    A wallet with a resident's phone and a desk, alike in everything but its way in.
    """

    def __init__(self, database, **settings):
        clock = StandingClock()
        ids = CountingIds(clock)
        kinds = (health_card(), insurance(), payment())
        self.region = Region(database, clock, ids, make_vault(clock, ids), *kinds, **settings)

    async def begun(self):
        region = self.region
        self.desk = await region.hospital()
        self.strict = await region.hospital(name="城南药店", sign_resolve=True)
        self.phone = await region.phone(await region.resident(LI, "health_card", "payment"))
        self.shown, self.posts = 0, []
        await region.basis.restoring.pending()  # until somebody asked, all go the long way
        return self

    async def next(self, dice):
        """
        Return the next post, and let its answer's time come.
        """
        region = self.region
        kind = dice.roll(12)
        if kind == 0 and self.posts:
            return dice.choose(self.posts[-3:])
        if kind == 1:
            region.clock.advance(dice.choose((11, 30, 100)))
        if self.shown % SUBS == 0:
            region.next_step()
        desk = self.strict if kind == 2 else self.desk
        post = ordinary(
            self.phone.show(self.shown % SUBS),
            (await desk.bearer())["authorization"],
            f"key-{self.shown}",
        )
        self.shown += 1
        self.posts.append(broken(dice, post))
        return self.posts[-1]


@pytest.fixture
async def both(anyio_backend, sqlite_template, tmp_path):
    """
    The same wallet twice: one lets ordinary posts in without the framework, the other never does.
    """
    del anyio_backend
    databases = [
        Database(create_engine(f"sqlite:///{shutil.copy(sqlite_template(), tmp_path / name)}"))
        for name in ("raw", "ordinary")
    ]
    yield [
        await Standing(database, raw_resolve=number == 0).begun()
        for number, database in enumerate(databases)
    ]
    for database in databases:
        await database.close()


@pytest.fixture
def let_in(monkeypatch):
    """
    Counts the posts that were let in without the framework.
    """
    counted = []
    answer = Entrance._answer

    async def counting(entrance, attempt, request_id):
        counted.append(attempt.key)
        return await answer(entrance, attempt, request_id)

    monkeypatch.setattr(Entrance, "_answer", counting)
    return counted


class TestBothWaysIn:
    @pytest.mark.parametrize("seed", SEEDS)
    async def test_answer_the_same(self, both, let_in, seed):
        """
        Whatever is posted, status, headers and body are the same.
        """
        apps = [each.region.app() for each in both]
        dice = [Dice(seed), Dice(seed)]
        statuses = set()
        for _ in range(POSTS):
            posts = [await each.next(rolled) for each, rolled in zip(both, dice, strict=True)]
            raw, plain = [await answered(app, post) for app, post in zip(apps, posts, strict=True)]
            statuses.add(raw[0])

            assert posts[0] == posts[1]
            assert plain == raw, posts[0]
        assert {200, 400} <= statuses
        assert len(let_in) > POSTS // 5

    @pytest.mark.parametrize(("count", "length"), [(70, 1), (1, 40_000)])
    async def test_too_many_headers(self, both, count, length):
        """
        Headers that are too many or too long are refused either way, and use up no code.
        """
        answers = []
        for each in both:
            app = each.region.app()
            each.region.next_step()
            desk = (await each.desk.bearer())["authorization"]
            post = large = ordinary(each.phone.show(0), desk, "key-of-many-headers")
            for number in range(count):
                large = large.added(b"x-%d" % number, b"x" * length)
            answers.append([(await answered(app, one))[0] for one in (large, post)])

        assert [[400, 200]] * 2 == answers
