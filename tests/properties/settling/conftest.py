"""The desk of `tests.fixtures.desks`."""

from tests.fixtures.desks import desk

__all__ = ("desk",)
