"""What must not happen in a page is noticed."""

import pytest

_ELSEWHERE = "http://127.0.0.1:9/x"
_POLICY = "Content Security Policy"
_CASES = {
    "error": ("() => console.error('odd')", "console error: odd"),
    "warning": ("() => console.warn('odd')", "console warning: odd"),
    "thrown": ("() => void setTimeout(() => { throw new Error('odd') })", "script: odd"),
    "rejected": ("() => void Promise.reject(new Error('odd'))", "script: odd"),
    "style": ("() => document.body.setAttribute('style', 'color: red')", _POLICY),
    "fetched": (f"() => void fetch('{_ELSEWHERE}').catch(() => 0)", _POLICY),
    "opened": (f"() => void window.open('{_ELSEWHERE}')", f"request to elsewhere: {_ELSEWHERE}"),
}


class TestWatch:
    @pytest.mark.parametrize("case", _CASES)
    async def test_noticed(self, page, watch, case):
        """
        Whatever a script does wrong is noticed, and stays noticed unless it is allowed.
        """
        script, expected = _CASES[case]
        await page.goto("/sign-in")
        await page.evaluate(script)
        await page.wait_for_timeout(100)
        noticed = watch.wrong()
        watch.allow(".")

        assert any(expected in each for each in noticed), noticed
