"""
Setting up one check: a fresh partner, a proxy before it, the integration opened towards that.
"""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from integrations.conformance.exhibit import Bench, Clock, Exhibit, Stage
from integrations.conformance.proxy import Mode, Proxy
from integrations.spi import Environment, Exchange, Plugin

Case = TypeVar("Case")


@dataclass(frozen=True)
class Stand:
    """
    One check's world.

    Attributes:
        stage: the partner.
        bench: the opened integration, its party, the time.
        proxy: what stands before the partner; None for an integration that stays in the process.
        exchanges: what the integration told its observer.
    """

    stage: Stage
    bench: Bench
    proxy: Proxy | None
    exchanges: list[Exchange]

    def breaks(self, mode: Mode, *, once: bool = False) -> None:
        """
        Let the way to the partner be broken from now on.
        """
        if self.proxy is not None:
            self.proxy.mode, self.proxy.once = mode, once

    @property
    def asked(self) -> int:
        """
        How often the integration asked anybody.
        """
        return self.proxy.seen if self.proxy is not None else 0


@asynccontextmanager
async def stand(plugin: Plugin, exhibit: Exhibit) -> AsyncIterator[Stand]:
    """
    Start everything afresh, and take it down again.
    """
    clock = Clock()
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(exhibit.start(clock))
        proxy = None
        if stage.address is not None:
            proxy = await stack.enter_async_context(Proxy(stage.address).listening())
        base_url = f"http://{proxy.address}" if proxy is not None else ""
        exchanges: list[Exchange] = []
        bench = opened(plugin, stage, clock, base_url, exchanges)
        stack.push_async_callback(bench.integration.close)
        yield Stand(stage=stage, bench=bench, proxy=proxy, exchanges=exchanges)


def opened(
    plugin: Plugin, stage: Stage, clock: Clock, base_url: str, exchanges: list[Exchange]
) -> Bench:
    """
    Open the integration towards a partner at this address.
    """
    environment = Environment(
        settings=stage.settings(base_url),
        now=clock,
        token=secrets.token_bytes,
        observe=exchanges.append,
    )
    integration = plugin.open(environment)
    return Bench(integration=integration, party=stage.party(base_url), clock=clock)


async def each(
    plugin: Plugin,
    exhibit: Exhibit,
    pick: Callable[[Stage], Sequence[Case]],
    look: Callable[[Stand, Case], Awaitable[None]],
) -> None:
    """
    Look at each case of a stage, every time with everything afresh.
    """
    async with stand(plugin, exhibit) as world:
        count = len(pick(world.stage))
    for number in range(count):
        async with stand(plugin, exhibit) as world:
            await look(world, pick(world.stage)[number])
