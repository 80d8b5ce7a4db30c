"""
The last chapters: a choice of insurance, the books, the resident's own log.
"""

import click

from wallet.app import compose
from wallet.cli.composition import load_keys, open_registry
from wallet.cli.demo.phone import Phone
from wallet.cli.demo.printing import Narrator
from wallet.clock import SystemClock
from wallet.settings import Settings


async def choose(tell: Narrator, liu: Phone) -> None:
    """
    Link somebody who has two insurances.
    """
    tell.chapter("刘洋 has two insurances and must choose")
    await liu.sign_in()
    step = await liu.link("nhsa")
    for choice in step["choices"]:
        tell.fact(choice["key"], choice["zh"])
    linked = await liu.link("nhsa", step["choices"][0]["key"])
    tell.fact("chosen", linked["binding"]["label"])


async def books(tell: Narrator, settings: Settings) -> None:
    """
    Fold the ledger and print what every account holds.

    Raises:
        click.ClickException: it does not add up to zero.
    """
    tell.chapter("The books")
    services = compose(
        settings,
        clock=SystemClock(),
        keys=load_keys(settings),
        registry=open_registry(settings),
    )
    try:
        async with services.basis.database.reading() as session:
            balance = await services.money.ledger.trial_balance(session)
    finally:
        await services.close()
    for (account, _currency), amount in sorted(balance.items()):
        tell.yuan(account, amount)
    total = sum(balance.values())
    tell.yuan("trial balance", total)
    if total:
        raise click.ClickException("the books do not balance")


async def log(tell: Narrator, li: Phone) -> None:
    """
    Print the resident's own access log.
    """
    tell.chapter("What 李明 reads: who looked, and what was released")
    page = await li.call("GET", "/v1/presentations")
    for entry in page["entries"]:
        what = ", ".join(entry["fields"]) or ", ".join(entry["contexts"])
        tell.fact(entry["kind"], f"{entry['party_name']} {entry['purpose']}: {what}"[:96])
