"""
A region in a folder: partners' sandboxes, keys, integrations, a hospital and a pharmacy.
"""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from integrations.alipay import sandbox as alipay
from integrations.health_card import sandbox as health_card
from integrations.nhsa import sandbox as nhsa
from integrations.registry import Registry
from wallet.app import Services
from wallet.clock import SystemClock, seconds
from wallet.parties.words import PartySettings, Scope, TerminalKind
from wallet.vault import keyfile, rotation
from wallet.vault.keyfile import SuiteName

HOSPITAL = "示范市第一人民医院"
PHARMACY = "示范大药房"
_SERVER_SCOPES = frozenset(Scope)
_CASHIER_SCOPES = frozenset(Scope) - {Scope.IDENTITY_FULL}


@dataclass(frozen=True, kw_only=True)
class Partners:
    """
    The partners' sandboxes: what each is told, and where each is.
    """

    nhsa: nhsa.NhsaSandboxSettings
    alipay: alipay.AlipaySandboxSettings
    health_card: health_card.HealthCardSandboxSettings
    urls: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Onboarded:
    """
    A relying party with an enrolment token per terminal.
    """

    party_id: int
    tokens: dict[str, str]


def partner_settings() -> dict[str, Any]:
    """
    Return fresh settings for every sandbox, keys included.
    """
    return {
        "nhsa": nhsa.default_settings(),
        "alipay": alipay.default_settings(),
        "health_card": health_card.default_settings(),
    }


def write_private(path: Path, content: bytes) -> Path:
    """
    Write a file that only its owner may read.
    """
    path.touch(mode=0o600)
    path.write_bytes(content)
    return path


def make_keys(path: Path) -> None:
    """
    Make the deployment's keys.
    """
    now = seconds(SystemClock().now())
    keyfile.write_new(path, rotation.generate(SuiteName.INTERNATIONAL, now, secrets.token_bytes))


def integration_settings(partners: Partners) -> bytes:
    """
    Return the deployment's integrations file.
    """
    app = partners.alipay.apps[0]
    url = partners.urls
    return msgspec.json.encode(
        {
            "nhsa": {"linking": institution_profile(partners, 0)},
            "alipay": {
                "gateway_url": f"{url['alipay']}/gateway.do",
                "app_id": app.app_id,
                "private_key_pem": app.merchant_private_key,
                "alipay_public_key_pem": app.alipay_public_key,
                "sign_page_url": f"{url['alipay']}/sign",
            },
            "health_card": {
                "url": url["health_card"] + "/",
                "application": application_profile(partners),
            },
        }
    )


def institution_profile(partners: Partners, number: int) -> dict[str, Any]:
    """
    Return the profile of a designated institution towards the insurer.
    """
    institution = partners.nhsa.institutions[number]
    base = partners.urls["nhsa"]
    if institution.profile == "tif":
        gateway = {
            "type": "tif",
            "url": f"{base}/fsi/api",
            "paasid": institution.paasid,
            "secret": institution.secret,
        }
    else:
        gateway = {"type": "single_url", "url": f"{base}/hss-call-service-interface"}
    return {
        "fixmedins_code": institution.fixmedins_code,
        "fixmedins_name": institution.fixmedins_name,
        "admvs": institution.division,
        "gateway": gateway,
        "sign_no": institution.sign_no,
        "readers": list(institution.readers),
        "ec_query_url": f"{base}/ec/query",
        "regional_grant": institution.regional_grant,
        "grant_url": f"{base}/grant/ectoken" if institution.regional_grant else "",
    }


def application_profile(partners: Partners) -> dict[str, Any]:
    """
    Return the deployment's application at the health-card platform.
    """
    app = partners.health_card.apps[0]
    return {
        "app_id": app.app_id,
        "key": app.key,
        "org_code": app.org_code,
        "app_record_no": app.app_record_no,
    }


def party_profiles(partners: Partners, number: int) -> dict[str, dict[str, Any]]:
    """
    Return what a relying party is towards each partner, by integration.
    """
    return {
        "nhsa": institution_profile(partners, number),
        "alipay": {"seller_id": partners.alipay.apps[0].seller_id, "store_id": f"S{number}"},
        "health_card": {
            "application": application_profile(partners),
            "terminal_code": partners.health_card.apps[0].terminal_codes[number],
        },
    }


async def onboard(
    services: Services, registry: Registry, partners: Partners, name: str, number: int
) -> Onboarded:
    """
    Create a relying party with its profiles, and tokens for its HIS and for two desks.
    """
    administration = services.people.administration
    party_id = await administration.create_party(
        PartySettings(
            name=name,
            kind="hospital" if number == 0 else "pharmacy",
            settled_by="wallet",
            otp_limit_minor=20_000,
            signed_limit_minor=200_000,
            screen_limit_minor=100_000,
            cash_due_seconds=1800,
            sign_resolve=False,
        )
    )
    for integration_id, profile in party_profiles(partners, number).items():
        integration = registry.get(integration_id)
        schema = integration.manifest.party_profile if integration else None
        await administration.set_profile(
            party_id, integration_id, msgspec.json.encode(profile), schema
        )
    kinds = {
        "his": (TerminalKind.HIS, _SERVER_SCOPES),
        "cashier": (TerminalKind.DESK, _CASHIER_SCOPES),
        "browser": (TerminalKind.DESK, _CASHIER_SCOPES),
    }
    tokens = {}
    for label, (kind, scopes) in kinds.items():
        issued = await administration.issue_enrolment_token(party_id, kind=kind, scopes=scopes)
        tokens[label] = issued.token
    return Onboarded(party_id=party_id, tokens=tokens)
