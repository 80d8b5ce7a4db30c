"""One target under the fuzzer, until its time is over or something is found."""

import sys

import atheris

WATCHED = (
    "codes",
    "wallet",
    "integrations",
    "joserfc",
    "http_sf",
    "http_message_signatures",
    "zipfile",
)


def main(name: str, flags: list[str]) -> None:
    """
    Fuzz; never returns.
    """
    # what was imported before it can be watched is imported again
    sys.modules.pop("zipfile", None)
    with atheris.instrument_imports(include=list(WATCHED)):
        from tests.fuzz.every_target import target_named  # noqa: PLC0415 - instrumented here

        target = target_named(name)

    def one(data: bytes) -> None:
        target.run(data)

    for seed in target.seeds:
        one(seed)
    atheris.Setup([sys.argv[0], *flags], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
