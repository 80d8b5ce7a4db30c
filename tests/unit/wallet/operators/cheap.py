"""Argon2 for tests that are not about it."""

from argon2 import Parameters, Type

CHEAP = Parameters(
    type=Type.ID, version=19, salt_len=16, hash_len=32, time_cost=1, memory_cost=8, parallelism=1
)
