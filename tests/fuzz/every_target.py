"""Every target there is."""

from importlib import import_module

from tests.fuzz.target import Target

NAMES = (
    "alipay",
    "alipay_statement",
    "assertions",
    "codes",
    "foreign",
    "health_card",
    "http",
    "id_tokens",
    "ids",
    "json_text",
    "nhsa",
    "signatures",
)


def target_named(name: str) -> Target:
    """
    Load one target and what it runs on.
    """
    found = import_module(f"tests.fuzz.targets.{name}").TARGET
    assert isinstance(found, Target)
    assert found.name == name
    return found
