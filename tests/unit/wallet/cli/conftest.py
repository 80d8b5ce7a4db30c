"""The deployment of `tests.fixtures.deployments`."""

from tests.fixtures.deployments import deployment

__all__ = ("deployment",)
