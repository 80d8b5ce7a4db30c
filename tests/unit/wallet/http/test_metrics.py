"""Counters, and the inner port that shows them."""

import httpx

from wallet.http.metrics import Metrics, metrics_app


async def shown(app):
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://inner") as client:
        response = await client.get("/metrics")
    return response.text


class TestMetrics:
    async def test_shows_what_was_counted(self):
        """
        Resolves, verdicts, steps of settlements and requests are counted under closed labels.
        """
        metrics = Metrics()
        metrics.resolve("accepted")
        metrics.verdict("nhsa", "unavailable", 0.3)
        metrics.settlement("insuring", "unknown")
        metrics.request("BREW", "/livez", 405, 0.001)
        text = await shown(metrics_app(metrics))

        for line in (
            'fusion_wallet_resolves_total{outcome="accepted"} 1.0',
            'fusion_wallet_verdicts_total{integration="nhsa",outcome="unavailable"} 1.0',
            'fusion_wallet_verdict_seconds_count{integration="nhsa"} 1.0',
            'fusion_wallet_settlement_steps_total{phase="insuring",status="unknown"} 1.0',
            'fusion_wallet_requests_total{method="other",route="/livez",status="405"} 1.0',
        ):
            assert line in text

    async def test_two_applications_count_apart(self):
        """
        Counters belong to one application.
        """
        Metrics().resolve("accepted")

        assert 'outcome="accepted"' not in await shown(metrics_app(Metrics()))

    async def test_several_processes(self, tmp_path):
        """
        With a common folder, what is shown is what lies in it.
        """
        metrics = Metrics()
        metrics.resolve("accepted")

        assert "" == await shown(metrics_app(metrics, multiprocess_dir=str(tmp_path)))
