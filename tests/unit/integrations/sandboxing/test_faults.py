"""The fault menu: what strikes, how often, and in which order."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.sandboxing import CALLBACK_KINDS, REQUEST_KINDS, Fault, FaultKind, FaultMenu


def menu_of(*faults):
    menu = FaultMenu()
    for fault in faults:
        menu.add(fault)
    return menu


class TestFault:
    @pytest.mark.parametrize(
        "body",
        [
            b"{}",
            b'{"kind":"melt"}',
            b'{"kind":"slow","seconds":-1}',
            b'{"kind":"slow","times":-1}',
            b'{"kind":"slow","skip":-1}',
            b'{"kind":"slow","operation":""}',
            b'{"kind":"slow","often":3}',
        ],
    )
    def test_refuses_what_is_no_fault(self, body):
        """
        A misspelt or impossible fault is refused instead of silently doing nothing.
        """
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(body, type=Fault)

    def test_defaults_to_one_strike_at_anything(self):
        """
        A fault with a kind alone strikes the next call, whatever it is.
        """
        fault = msgspec.json.decode(b'{"kind":"hang"}', type=Fault)

        assert Fault(kind=FaultKind.HANG, operation="*", times=1, skip=0) == fault


class TestTake:
    def test_an_empty_menu_strikes_nothing(self):
        """
        Without faults a call passes.
        """
        assert FaultMenu().take("2207") is None

    def test_strikes_its_own_operation_only(self):
        """
        A fault for one operation lets the others pass.
        """
        menu = menu_of(Fault(kind=FaultKind.SLOW, operation="2207"))

        assert menu.take("2208") is None
        assert Fault(kind=FaultKind.SLOW, operation="2207") == menu.take("2207")

    def test_strikes_as_often_as_told(self):
        """
        A fault with three strikes is gone after the third.
        """
        menu = menu_of(Fault(kind=FaultKind.SLOW, times=3))
        struck = [menu.take("x") is not None for _ in range(5)]

        assert [True, True, True, False, False] == struck

    def test_zero_times_strikes_until_cleared(self):
        """
        Zero strikes means for ever, until the menu is cleared.
        """
        menu = menu_of(Fault(kind=FaultKind.SLOW, times=0))
        struck = [menu.take("x") is not None for _ in range(20)]
        menu.clear()

        assert all(struck)
        assert menu.take("x") is None

    def test_skip_lets_the_first_calls_pass(self):
        """
        A fault that skips two strikes the third matching call.
        """
        menu = menu_of(Fault(kind=FaultKind.SLOW, operation="a", skip=2))
        struck = [menu.take(name) is not None for name in ("b", "a", "a", "b", "a", "a")]

        assert [False, False, False, False, True, False] == struck

    def test_the_first_set_strikes_first(self):
        """
        Two faults on one operation strike in the order in which they were set.
        """
        first = Fault(kind=FaultKind.SLOW)
        second = Fault(kind=FaultKind.HANG)
        menu = menu_of(first, second)

        assert [first, second, None] == [menu.take("x"), menu.take("x"), menu.take("x")]

    def test_skip_counts_calls_that_others_struck(self):
        """
        A fault's skip counts each matching call, also one that another fault struck.
        """
        menu = menu_of(Fault(kind=FaultKind.SLOW), Fault(kind=FaultKind.HANG, skip=1))
        kinds = [fault.kind for fault in (menu.take("x"), menu.take("x")) if fault]

        assert [FaultKind.SLOW, FaultKind.HANG] == kinds

    def test_callback_faults_wait_for_a_callback(self):
        """
        A request does not use up a fault that is meant for the callback.
        """
        double = Fault(kind=FaultKind.DOUBLE_CALLBACK)
        menu = menu_of(double)

        assert menu.take("x", among=REQUEST_KINDS) is None
        assert double == menu.take("x", among=CALLBACK_KINDS)

    @given(times=st.integers(1, 20), skip=st.integers(0, 20), calls=st.integers(0, 60))
    def test_strikes_exactly_after_skip_and_times(self, times, skip, calls):
        """
        Over any number of calls a fault strikes those between skip and skip plus times.
        """
        menu = menu_of(Fault(kind=FaultKind.LIE, times=times, skip=skip))
        struck = [n for n in range(calls) if menu.take("x") is not None]

        assert list(range(skip, min(calls, skip + times))) == struck


class TestListed:
    def test_shows_the_strikes_that_are_left(self):
        """
        The menu lists what can still strike, with counts brought up to date.
        """
        menu = menu_of(Fault(kind=FaultKind.SLOW, times=2), Fault(kind=FaultKind.HANG, skip=3))
        menu.take("x")

        assert (
            Fault(kind=FaultKind.SLOW, times=1),
            Fault(kind=FaultKind.HANG, skip=2),
        ) == menu.listed()
