"""Idempotency keys, on both databases."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.datastructures import Headers
from sqlalchemy import text

from tests.fakes.clock import StandingClock
from tests.fakes.ids import CountingIds
from tests.fixtures.vaults import make_vault
from wallet.errors import ValidationFailedError
from wallet.idempotency import (
    Fresh,
    IdempotencyKeyMissingError,
    IdempotencyMismatchError,
    IdempotencyService,
    Replay,
    idempotency_key,
)
from wallet.ids import Ids

ROUTE = "/v1/visits"


def make_service(clock):
    return IdempotencyService(clock=clock, vault=make_vault(clock, CountingIds(clock)))


@pytest.fixture
def service(clock):
    return make_service(clock)


async def begin(database, service, *, party_id=1, terminal_id=2, key="k", body=b"{}", local_id=5):
    async with database.transaction() as session:
        return await service.begin(
            session,
            party_id=party_id,
            terminal_id=terminal_id,
            route=ROUTE,
            key=key,
            fingerprint=service.fingerprint("POST", ROUTE, body),
            target=(1_000_001, local_id),
        )


async def finish(database, service, response, **more):
    async with database.transaction() as session:
        await service.finish(session, 1, ROUTE, "k", response, **more)


class TestBegin:
    async def test_first_is_fresh(self, database, service):
        """
        The first request under a key does the work.
        """
        assert Fresh() == await begin(database, service)

    async def test_second_learns_the_first_target(self, database, service, clock):
        """
        The same request again learns what the first one was about to make.
        """
        await begin(database, service)
        replay = await begin(database, service, local_id=6, terminal_id=3)

        assert (
            Replay(target=(1_000_001, 5), terminal_id=2, created_at=clock.now(), response=None)
            == replay
        )

    async def test_a_replay_is_committed_behind_what_it_saw(self, database, service):
        """
        Looking up what was done leaves something to commit, so that a standby has that first.
        """
        if database.engine.dialect.name != "postgresql":
            return
        await begin(database, service)
        written = []
        for key in ("k", "another"):
            async with database.transaction() as session:
                await service.find(
                    session,
                    party_id=1,
                    route=ROUTE,
                    key=key,
                    fingerprint=service.fingerprint("POST", ROUTE, b"{}"),
                )
                asked = text("select pg_current_xact_id_if_assigned() is not null")
                written.append((await session.execute(asked)).scalar_one())

        assert [True, False] == written

    async def test_answer_is_repeated(self, database, service):
        """
        What was answered comes back word by word.
        """
        await begin(database, service)
        await finish(database, service, b'{"a":1}')

        assert b'{"a":1}' == (await begin(database, service)).response

    async def test_other_body_is_a_mismatch(self, database, service):
        """
        The same key for another request is refused.
        """
        await begin(database, service)
        with pytest.raises(IdempotencyMismatchError):
            await begin(database, service, body=b'{"amount":2}')

    async def test_other_party_is_independent(self, database, service):
        """
        Two parties may choose the same key.
        """
        await begin(database, service)

        assert Fresh() == await begin(database, service, party_id=9, body=b"[]")

    async def test_answer_is_forgotten_before_the_key(self, database, service, clock):
        """
        An old answer is not repeated although its key still stands.
        """
        await begin(database, service)
        await finish(database, service, b"{}", keep=timedelta(minutes=5))
        clock.advance(300)

        assert (await begin(database, service)).response is None

    async def test_expired_key_is_free(self, database, service, clock):
        """
        A key whose time is over can be taken by another request.
        """
        await begin(database, service)
        clock.advance(30 * 86_400)

        assert Fresh() == await begin(database, service, body=b"other", local_id=7)
        assert (1_000_001, 7) == (await begin(database, service, body=b"other")).target

    async def test_of_many_at_once_one_is_fresh(self, database, service):
        """
        Of requests that race under one key exactly one does the work.
        """
        outcomes = await asyncio.gather(
            *(begin(database, service, local_id=number) for number in range(6))
        )

        assert 1 == outcomes.count(Fresh())
        assert 1 == len({outcome.target for outcome in outcomes if outcome != Fresh()})

    async def test_rolled_back_intent_leaves_the_key_free(self, database, service):
        """
        A key that was taken in a transaction that failed was never taken.
        """

        async def fail():
            async with database.transaction() as session:
                await service.begin(
                    session,
                    party_id=1,
                    terminal_id=2,
                    route=ROUTE,
                    key="k",
                    fingerprint=b"x" * 32,
                    target=(1, 2),
                )
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await fail()

        assert Fresh() == await begin(database, service)


class TestFind:
    async def test_free_key_is_none(self, database, service):
        """
        A key that nobody took leads nowhere, and looking takes nothing.
        """
        fingerprint = service.fingerprint("POST", ROUTE, b"{}")
        async with database.transaction() as session:
            found = await service.find(
                session, party_id=1, route=ROUTE, key="k", fingerprint=fingerprint
            )

        assert found is None
        assert Fresh() == await begin(database, service)


class TestFinish:
    async def test_untaken_key_is_a_fault(self, database, service):
        """
        An answer for a key that nobody took is our own mistake.
        """
        with pytest.raises(LookupError):
            await finish(database, service, b"{}")

    async def test_answer_lies_encrypted(self, database, service):
        """
        The stored answer cannot be read in the database.
        """
        await begin(database, service)
        await finish(database, service, b"plain words")
        async with database.reading() as session:
            connection = await session.connection()
            rows = await connection.exec_driver_sql("SELECT response FROM idempotency")

            assert b"plain words" not in bytes(rows.scalar_one())


class TestPrune:
    async def test_forgets_what_is_old(self, database, service, clock):
        """
        Pruning removes keys whose time is over and no others.
        """
        await begin(database, service)
        clock.advance(30 * 86_400)
        await begin(database, service, key="young")
        async with database.transaction() as session:
            pruned = await service.prune(session)

        assert 1 == pruned
        assert isinstance(await begin(database, service, key="young"), Replay)


class TestIdempotencyKey:
    def test_reads_the_header(self):
        """
        The key is the header's value.
        """
        assert "abc" == idempotency_key(Headers({"idempotency-key": "abc"}))

    def test_missing(self):
        """
        An unsafe call without a key is refused.
        """
        with pytest.raises(IdempotencyKeyMissingError):
            idempotency_key(Headers({}))

    @pytest.mark.parametrize("text", ["", "a b", "é", "a\n", "x" * 256, "１２３"])
    def test_malformed(self, text):
        """
        A key is 1 to 255 visible ASCII characters.
        """
        with pytest.raises(ValidationFailedError):
            idempotency_key(Headers({"idempotency-key": text}))

    def test_two_keys(self):
        """
        Two keys are as good as none.
        """
        raw = [(b"idempotency-key", b"a"), (b"idempotency-key", b"b")]
        with pytest.raises(ValidationFailedError):
            idempotency_key(Headers(raw))


class TestFingerprint:
    @given(
        first=st.tuples(st.text(max_size=5), st.text(max_size=5), st.binary(max_size=5)),
        second=st.tuples(st.text(max_size=5), st.text(max_size=5), st.binary(max_size=5)),
    )
    def test_tells_requests_apart(self, first, second):
        """
        Two requests share a fingerprint only when they are the same, wherever a boundary lies.
        """
        service = make_service(StandingClock())

        assert (first == second) == (service.fingerprint(*first) == service.fingerprint(*second))

    def test_is_no_plain_hash(self, service):
        """
        Another deployment has other fingerprints: a number in a body cannot be guessed.
        """
        other = IdempotencyService(
            clock=StandingClock(),
            vault=make_vault(StandingClock(), Ids(StandingClock(), lambda size: b"\x07" * size)),
        )

        assert service.fingerprint("POST", "/", b"") != other.fingerprint("POST", "/", b"")
