"""What must not happen in a page is noticed."""

_ELSEWHERE = "http://127.0.0.1:9/x"
_POLICY = "Content Security Policy"
_CASES = {
    "error": ("() => console.error('odd')", "console error: odd"),
    "warning": ("() => console.warn('odd')", "console warning: odd"),
    "thrown": ("() => void setTimeout(() => { throw new Error('odd') })", "script: odd"),
    "rejected": ("() => void Promise.reject(new Error('odd'))", "script: odd"),
    "style": ("() => document.body.setAttribute('style', 'color: red')", _POLICY),
    "fetched": (f"() => void fetch('{_ELSEWHERE}').catch(() => 0)", _POLICY),
    "policy": ("() => void window.open('/bare')", "policy of "),
    "opened": (f"() => void window.open('{_ELSEWHERE}')", f"request to elsewhere: {_ELSEWHERE}"),
}


async def _noticed(page, watch, expected):
    """
    Wait until a message is noticed; tell whether it was.
    """
    for _ in range(100):
        if any(expected in each for each in watch.wrong()):
            return True
        await page.wait_for_timeout(20)
    return False


async def _bare(route):
    await route.fulfill(content_type="text/html", body="a page without a policy")


class TestWatch:
    async def test_noticed(self, page, watch):
        """
        Whatever a script does wrong is noticed, and stays noticed unless it is allowed.
        """
        await page.context.route("**/bare", _bare)
        await page.goto("/sign-in")
        unnoticed = []
        for case, (script, expected) in _CASES.items():
            watch.taken()
            await page.evaluate(script)
            if not await _noticed(page, watch, expected):
                unnoticed.append(case)
        watch.allow("request to elsewhere", "net::ERR", "/bare")

        assert [] == unnoticed
