"""
The application as the server's processes make it.
"""

import sys

from litestar import Litestar

from wallet import failpoints
from wallet.app import compose, create_app
from wallet.cli.attending import attend
from wallet.cli.composition import load_keys, load_providers, open_registry
from wallet.cli.descent import end_with_parent, generation
from wallet.cli.replacing import Signs
from wallet.cli.running import end_in_order, freeze, seat_of
from wallet.clock import SystemClock
from wallet.instances.service import Identity
from wallet.logs import configure
from wallet.settings import Settings


def application(signs: Signs | None = None) -> Litestar:
    """
    Return the application of this process, from the environment.

    Args:
        signs: how this process tells its parent how it stands.
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
    attend(app, services, signs)
    freeze()
    return app
