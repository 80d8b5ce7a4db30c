"""
The application as the server's processes make it.
"""

import signal
import sys
from functools import partial
from types import FrameType

from litestar import Litestar

from wallet import failpoints
from wallet.app import compose, create_app
from wallet.cli.composition import load_keys, load_providers, open_registry
from wallet.cli.descent import end_with_parent, generation
from wallet.cli.running import end_in_order, freeze, seat_of
from wallet.clock import SystemClock
from wallet.instances.service import Identity
from wallet.journal.feed import Feed
from wallet.logs import configure
from wallet.settings import Settings


def application() -> Litestar:
    """
    Return the application of this process, from the environment.
    """
    settings = Settings()
    clock = SystemClock()
    configure(sys.stdout.buffer, clock, level=settings.log_level)
    failpoints.arm_from_environment()
    services = compose(
        settings,
        clock=clock,
        keys=load_keys(settings),
        registry=open_registry(settings),
        providers=load_providers(settings),
        identity=Identity(
            seat=seat_of("server", settings.instance, settings.port), generation=generation()
        ),
    )
    end_with_parent()
    services.basis.membership.when_lost(end_in_order)
    app = create_app(services)
    app.on_startup.append(partial(_end_streams_first, services.people.feed))
    freeze()
    return app


def _end_streams_first(feed: Feed) -> None:
    """
    Let listeners go when the process is asked to end.

    The server waits for open requests before it tells the application, and a stream never ends.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        before = signal.getsignal(number)

        def asked(given: int, frame: FrameType | None, before: object = before) -> None:
            feed.end()
            if callable(before):
                before(given, frame)

        signal.signal(number, asked)
