"""The books: balanced, immutable, once."""

import pytest

import wallet.tables  # noqa: F401 - every table
from tests.fakes.clock import START
from wallet.ledger.errors import NothingToReverseError, PostedBeforeError, UnbalancedError
from wallet.ledger.service import LedgerService, Posting, Transaction, provider


@pytest.fixture
def ledger(ids):
    return LedgerService(ids=ids)


def transaction(*amounts, kind="settled", subject_id=1):
    postings = tuple(Posting(f"a{place}", amount) for place, amount in enumerate(amounts))
    return Transaction(kind=kind, subject_id=subject_id, postings=postings, at=START)


class TestPost:
    async def test_keeps_what_balances(self, database, ledger):
        """
        A transaction that balances is in the books; lines of zero are left out.
        """
        async with database.transaction() as session:
            await ledger.post(session, 1, transaction(5, -3, -2, 0))
        async with database.reading() as session:
            balances = await ledger.balances(session, 1)

        assert {("a0", "CNY"): 5, ("a1", "CNY"): -3, ("a2", "CNY"): -2} == balances

    async def test_refuses_what_does_not(self, database, ledger):
        """
        What does not balance never reaches the books.
        """
        with pytest.raises(UnbalancedError):
            async with database.transaction() as session:
                await ledger.post(session, 1, transaction(5, -4))

    async def test_refuses_an_account_twice(self, database, ledger):
        """
        An account stands in a transaction once.
        """
        twice = Transaction(
            kind="settled",
            subject_id=1,
            postings=(Posting("a", 1), Posting("a", -1)),
            at=START,
        )
        with pytest.raises(UnbalancedError):
            async with database.transaction() as session:
                await ledger.post(session, 1, twice)

    async def test_books_once(self, database, ledger):
        """
        The same thing is booked once, whoever tries again.
        """
        async with database.transaction() as session:
            await ledger.post(session, 1, transaction(5, -5))
        with pytest.raises(PostedBeforeError):
            async with database.transaction() as session:
                await ledger.post(session, 1, transaction(5, -5))


class TestReverse:
    async def test_books_the_opposite(self, database, ledger):
        """
        A correction is an entry of its own.
        """
        async with database.transaction() as session:
            await ledger.post(session, 1, transaction(5, -5))
            await ledger.reverse(
                session,
                1,
                kind="settled",
                subject_id=1,
                as_kind="settlement_undone",
                at=START,
            )
        async with database.reading() as session:
            balances = await ledger.balances(session, 1)

        assert {("a0", "CNY"): 0, ("a1", "CNY"): 0} == balances

    async def test_nothing_there(self, database, ledger):
        """
        What was never booked cannot be reversed.
        """
        with pytest.raises(NothingToReverseError):
            async with database.transaction() as session:
                await ledger.reverse(
                    session,
                    1,
                    kind="settled",
                    subject_id=1,
                    as_kind="settlement_undone",
                    at=START,
                )


class TestTrialBalance:
    async def test_over_everybody(self, database, ledger):
        """
        Over everybody the books add up to zero.
        """
        async with database.transaction() as session:
            await ledger.post(session, 1, transaction(5, -5))
            await ledger.post(session, 2, transaction(7, -7))
        async with database.reading() as session:
            balances = await ledger.trial_balance(session)

        assert {("a0", "CNY"): 12, ("a1", "CNY"): -12} == balances

    def test_a_providers_account(self):
        """
        A provider's account bears its name.
        """
        assert "provider:alipay" == provider("alipay")
