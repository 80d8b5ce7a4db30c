"""
What pages know of the deployment.
"""

from msgspec import Struct

from wallet.pages.providing import Way


class Front(Struct, frozen=True, kw_only=True):
    """
    How the deployment is reached, and who may come in how.

    Attributes:
        secure: it is reached over TLS.
        his_origins: pages of hospitals' own systems that may hand a bill to the desk.
        demo_login: name and document number suffice; never outside a demonstration.
        way: in through the residents' provider, if there is one.
    """

    secure: bool
    demo_login: bool
    his_origins: tuple[str, ...] = ()
    way: Way | None = None
