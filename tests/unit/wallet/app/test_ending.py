"""A server that ends finishes what it has begun."""

import asyncio

from wallet.app import create_app


class TestEnding:
    async def test_steps_under_way_are_written(self, wallet):
        """
        A step that waits for a partner writes its answer as a process of the deployment.
        """
        services, written = wallet.services, []

        async def step():
            await asyncio.sleep(0.1)
            async with services.basis.database.transaction() as session:
                await services.basis.membership.insist(session)
            written.append(True)

        async with create_app(services).lifespan():
            services.money.inline._tasks.add(asyncio.create_task(step()))

        assert [True] == written
