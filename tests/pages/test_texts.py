"""The texts of the pages."""

import re
from pathlib import Path
from typing import get_args

import pytest

from integrations.spi import PersonKey, Purpose
from wallet.calls.service import OUTCOMES
from wallet.figures.words import ProcessKind
from wallet.http.tally import CallOutcome
from wallet.operators.passwords import Weakness
from wallet.operators.words import EventKind, Role
from wallet.pages import texts
from wallet.pages.language import Language
from wallet.parties.words import PartyKind, PartyStatus, SettledBy, TerminalKind, TerminalStatus
from wallet.settling.refunding import REFUND_PHASES
from wallet.settling.reviewing import KINDS
from wallet.settling.states import PHASES, STATUSES, STEPS
from wallet.settling.tendering import TENDER_PHASES, TENDER_STEPS
from wallet.vault.ages import State as KeyState
from wallet.vault.ages import Use
from wallet.vault.keyfile import SuiteName
from wallet.visiting.machine import VISIT_PHASES

PAGES = Path(texts.__file__).parents[1]
USED = re.compile(r'\bt\("([a-z_.]+)"')
FIELDS = re.compile(r"{(\w+)}")


class TestCatalogues:
    def test_agree(self):
        """
        Both languages have the same texts with the same values to fill in.
        """
        zh, en = (texts.catalogue(language) for language in (Language.ZH, Language.EN))

        assert list(zh) == list(en)
        assert {k: FIELDS.findall(v) for k, v in zh.items()} == {
            k: FIELDS.findall(v) for k, v in en.items()
        }
        assert [] == [key for key in zh if not zh[key].strip() or not en[key].strip()]

    def test_every_text_that_is_used(self):
        """
        Whatever a template asks for is there.
        """
        used = {
            key
            for template in PAGES.joinpath("templates").rglob("*.html")
            for key in USED.findall(template.read_text())
        }

        assert used
        assert {key for key in used if not key.endswith(".")} <= set(texts.catalogue(Language.EN))

    @pytest.mark.parametrize("language", Language)
    def test_closed_words(self, language):
        """
        Every word of a closed vocabulary that a page shows has a name.
        """
        shown = {
            *(f"phase.{name}" for name in PHASES),
            *(f"kind.{name}" for name in KINDS),
            *(f"status.{name}" for name in STATUSES),
            *(f"phase.{name}" for name in (*VISIT_PHASES, *REFUND_PHASES)),
            *(f"visit.phase.{name}" for name in VISIT_PHASES),
            *(f"part.phase.{name}" for name in (*TENDER_PHASES, *REFUND_PHASES)),
            *(f"operation.{name}" for name in (*STEPS, *TENDER_STEPS) if name not in {"", "ask"}),
            *(f"call.{name}" for name in get_args(CallOutcome)),
            *(f"call.outcome.{name}" for name in OUTCOMES),
            *(f"process.{name.value}" for name in ProcessKind),
            *(f"key.{name.value}" for name in Use),
            *(f"key.state.{name}" for name in get_args(KeyState)),
            *(f"suite.{name.value}" for name in SuiteName),
            *(f"settled_by.{name.value}" for name in SettledBy),
            *(f"purpose.{name.value}" for name in Purpose),
            *(f"event.{name.value}" for name in EventKind),
            *(f"role.{name.value}" for name in Role),
            *(f"party.{name.value}" for name in PartyKind),
            *(f"party.status.{name.value}" for name in PartyStatus),
            *(f"terminal.{name.value}" for name in TerminalKind),
            *(f"terminal.status.{name.value}" for name in TerminalStatus),
            *(f"document.{name.value}" for name in PersonKey),
            *(f"operator.password.{name.value}" for name in Weakness),
        }

        assert set() == shown - set(texts.catalogue(language))


class TestWord:
    def test_unknown(self):
        """
        An integration's own word, which there is no text for, stands for itself.
        """
        assert "loyalty" == texts.word(Language.EN, "context.", "loyalty")
