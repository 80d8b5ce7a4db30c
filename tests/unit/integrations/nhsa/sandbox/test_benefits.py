"""The benefit calculation against sums done by hand, and its identities."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from integrations.nhsa.sandbox.benefits import (
    Scope,
    Standing,
    Terms,
    add_up,
    line_charge,
    settle,
    share,
    split_line,
)


def line(charge=10_00, count="1", level="01", selfpay_bp=0, ceiling=0, *, to_hospital=False):
    return split_line(
        charge=charge,
        count_e4=int(count) * 10_000,
        level=level,
        selfpay_bp=selfpay_bp,
        ceiling=ceiling,
        excess_to_hospital=to_hospital,
    )


def parts(split):
    return (split.full_self_pay, split.over_limit, split.first_self_pay, split.in_scope)


def scope(in_scope, *, self_pay=0, hospital_part=0):
    return Scope(
        charge=in_scope + self_pay + hospital_part,
        full_self_pay=self_pay,
        over_limit=hospital_part,
        first_self_pay=0,
        in_scope=in_scope,
        hospital_part=hospital_part,
    )


TERMS = Terms(deductible=300_00, pool_bp=6000, pool_cap=1_000_00)
DEDUCTIBLE_USED = Standing(deductible_used=300_00)


class TestShare:
    """Rounding half up to the fen."""

    def test_rounds_half_a_fen_up(self):
        """
        Half of one fen is one fen.
        """
        assert 1 == share(1, 5000)

    def test_rounds_less_than_half_down(self):
        """
        49.99 % of one fen is nothing.
        """
        assert 0 == share(1, 4999)

    def test_takes_a_whole_share_exactly(self):
        """
        All of it is all of it.
        """
        assert 12345 == share(12345, 10_000)


class TestLineCharge:
    """Quantity times unit price."""

    def test_rounds_half_a_fen_up(self):
        """
        One unit at 0.005 yuan costs one fen.
        """
        assert 1 == line_charge(10_000, 5_000)

    def test_rounds_less_than_half_a_fen_down(self):
        """
        One unit at 0.004999 yuan costs nothing.
        """
        assert 0 == line_charge(10_000, 4_999)

    def test_multiplies_fractions(self):
        """
        2.5 units at 3.333333 yuan are 8.3333325, so 8.33 yuan.
        """
        assert 833 == line_charge(25_000, 3_333_333)


class TestSplitLine:
    """One line by class of item and ceiling."""

    def test_insures_a_whole_line_of_class_one(self):
        """
        甲 without a ceiling is in scope as a whole.
        """
        assert (0, 0, 0, 10_00) == parts(line())

    def test_takes_the_first_share_of_class_two(self):
        """
        乙 with 15 %: 1.50 of 10.00 first self-paid.
        """
        assert (0, 0, 1_50, 8_50) == parts(line(level="02", selfpay_bp=1500))

    def test_leaves_class_three_to_the_person(self):
        """
        丙 is fully self-paid, whatever the ceiling.
        """
        assert (10_00, 0, 0, 0) == parts(line(level="03", ceiling=1_00))

    def test_cuts_at_the_ceiling_before_the_first_share(self):
        """
        Two at 5.00 under a ceiling of 4.00: 2.00 over, then 5 % of 8.00.
        """
        split = line(10_00, "2", "02", 500, 4_00)

        assert (0, 2_00, 40, 7_60) == parts(split)

    def test_gives_nothing_over_when_the_price_is_below(self):
        """
        A ceiling above the price changes nothing.
        """
        assert (0, 0, 0, 10_00) == parts(line(ceiling=10_01))

    def test_lets_the_hospital_bear_the_excess_of_services(self):
        """
        What exceeds a service's ceiling is the hospital's part.
        """
        assert (2_00, 0) == (
            line(ceiling=8_00, to_hospital=True).hospital_part,
            line(ceiling=8_00).hospital_part,
        )


class TestSettle:
    """A bill by who bears it."""

    def test_starts_above_the_deductible(self):
        """
        With 250.00 of 300.00 used: 50.00 of 150.00 deducted, 60 % of 100.00 paid.
        """
        split = settle(scope(150_00), TERMS, Standing(deductible_used=250_00), use_account=True)

        assert (50_00, 60_00, 90_00) == (split.deductible, split.pool, split.cash)

    def test_deducts_no_more_than_is_in_scope(self):
        """
        A bill below the deductible is borne by the person.
        """
        split = settle(scope(150_00), TERMS, Standing(), use_account=True)

        assert (150_00, 0, 150_00) == (split.deductible, split.pool, split.cash)

    def test_stops_at_the_yearly_cap(self):
        """
        With 990.00 of 1 000.00 used only 10.00 of 60.00 are paid.
        """
        standing = Standing(deductible_used=300_00, pool_used=990_00)
        split = settle(scope(100_00), TERMS, standing, use_account=True)

        assert (10_00, 90_00) == (split.pool, split.cash)

    def test_pays_large_amounts_beyond_the_cap(self):
        """
        Half of the 50.00 that the cap kept back.
        """
        terms = msgspec.structs.replace(TERMS, large_bp=5000, large_cap=500_00)
        standing = Standing(deductible_used=300_00, pool_used=990_00)
        split = settle(scope(100_00), terms, standing, use_account=True)

        assert (10_00, 25_00, 65_00) == (split.pool, split.large, split.cash)

    def test_stops_large_amounts_at_their_cap(self):
        """
        With 495.00 of 500.00 used only 5.00 are left.
        """
        terms = msgspec.structs.replace(TERMS, large_bp=5000, large_cap=500_00)
        standing = Standing(deductible_used=300_00, pool_used=990_00, large_used=495_00)
        split = settle(scope(100_00), terms, standing, use_account=True)

        assert 5_00 == split.large

    def test_subsidises_civil_servants(self):
        """
        Half of the 40.00 that the pool left.
        """
        terms = msgspec.structs.replace(TERMS, civil_servant_bp=5000)
        split = settle(scope(100_00), terms, DEDUCTIBLE_USED, use_account=True)

        assert (60_00, 20_00, 20_00) == (split.pool, split.civil_servant, split.cash)

    def test_pays_from_account_then_mutual_aid_then_cash(self):
        """
        40.00 and 30.00 self-paid: 50.00 account, 15.00 aid, 5.00 cash.
        """
        terms = msgspec.structs.replace(TERMS, account=True, mutual_aid=True)
        standing = Standing(deductible_used=300_00, account=50_00, mutual_aid=15_00)
        split = settle(scope(100_00, self_pay=30_00), terms, standing, use_account=True)

        assert (50_00, 15_00, 5_00) == (split.account, split.mutual_aid, split.cash)

    def test_leaves_the_account_alone_without_leave(self):
        """
        Neither account nor aid is touched when the flag is off.
        """
        terms = msgspec.structs.replace(TERMS, account=True, mutual_aid=True)
        standing = Standing(deductible_used=300_00, account=50_00, mutual_aid=15_00)
        split = settle(scope(100_00), terms, standing, use_account=False)

        assert (0, 0, 40_00) == (split.account, split.mutual_aid, split.cash)

    def test_does_not_charge_the_hospitals_part(self):
        """
        What the hospital bears is nobody else's.
        """
        split = settle(scope(100_00, hospital_part=7_00), TERMS, DEDUCTIBLE_USED, use_account=True)

        assert (7_00, 40_00) == (split.hospital_part, split.cash)


fen = st.integers(0, 1_000_000_00)
bp = st.integers(0, 10_000)
lines = st.builds(
    split_line,
    charge=fen,
    count_e4=st.integers(1, 1_000_000),
    level=st.sampled_from(("01", "02", "03")),
    selfpay_bp=bp,
    ceiling=st.integers(0, 100_000),
    excess_to_hospital=st.booleans(),
)
all_terms = st.builds(
    Terms,
    deductible=fen,
    pool_bp=bp,
    pool_cap=fen,
    large_bp=bp,
    large_cap=fen,
    civil_servant_bp=bp,
    account=st.booleans(),
    mutual_aid=st.booleans(),
)
standings = st.builds(
    Standing, deductible_used=fen, pool_used=fen, large_used=fen, account=fen, mutual_aid=fen
)


class TestIdentities:
    """What holds for every bill, exactly."""

    @given(st.lists(lines, max_size=8), all_terms, standings, st.booleans())
    def test_adds_up(self, bill, terms, standing, use_account):
        """
        Classes, bearers and purses each add up, and nothing is negative or overdrawn.
        """
        total = add_up(tuple(bill))
        split = settle(total, terms, standing, use_account=use_account)

        assert split.charge == sum(parts(total))
        assert split.charge == split.fund + split.personal + split.hospital_part
        assert split.personal == split.account + split.mutual_aid + split.cash
        assert split.fund == split.pool + split.large + split.civil_servant
        assert min((*parts(total), split.pool, split.large, split.civil_servant, split.cash)) >= 0
        assert split.account <= standing.account
        assert split.mutual_aid <= standing.mutual_aid
        assert split.pool <= max(0, terms.pool_cap - standing.pool_used)

    @given(lines)
    def test_divides_each_line_without_remainder(self, split):
        """
        The four parts of a line are the line.
        """
        assert split.charge == sum(parts(split))
