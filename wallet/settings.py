"""
Settings, decoded from the environment once (``FUSION_WALLET_…``) and never read elsewhere.

Each field is described in docs/settings.md; a test holds the two together.
"""

from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "FUSION_WALLET_"
_DATABASES = ("sqlite:///", "postgresql://")
_ORIGIN = r"https?://[a-z0-9.-]+(:[0-9]{1,5})?"
_PUBLIC_ORIGIN = r"^https?://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?$"
_ORIGINS = rf"^({_ORIGIN}( *, *{_ORIGIN})*)?$"


class Settings(BaseSettings):
    """
    What an operator decides.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=None, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    database_url: SecretStr = SecretStr("sqlite:///var/wallet.db")
    database_pool: Annotated[int, Field(ge=1, le=64)] = 8
    database_partitions: Annotated[int, Field(ge=0, le=256)] = 0
    key_file: Path = Path("var/keys.json")
    public_origin: Annotated[str, Field(pattern=_PUBLIC_ORIGIN)] = "http://127.0.0.1:8000"
    issuer_region: Annotated[int, Field(ge=0, lt=2**24)] = 440100
    code_suite: Literal["international", "national"] = "international"
    demo_login: bool = False
    integrations: str = "health_card,nhsa,alipay"
    integration_settings: Path = Path("var/integrations.json")
    oidc_settings: Path = Path("var/oidc.json")
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    proxies: str = "127.0.0.1,::1"
    metrics_port: Annotated[int, Field(ge=0, le=65535)] = 0
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    inline_seconds: Annotated[int, Field(ge=0, le=25)] = 8
    drain_seconds: Annotated[int, Field(ge=0, le=15)] = 2
    lease_seconds: Annotated[int, Field(ge=2, le=300)] = 30
    requests_at_once: Annotated[int, Field(ge=8, le=1024)] = 128
    repeats_per_second: Annotated[int, Field(ge=1, le=10_000)] = 50
    instance: Annotated[str, Field(max_length=100, pattern=r"^[A-Za-z0-9._@:-]*$")] = ""
    fast_resolve: bool = True
    raw_resolve: bool = True
    resolve_together: Annotated[int, Field(ge=1, le=64)] = 64
    desk_his_origins: Annotated[str, Field(pattern=_ORIGINS)] = ""

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, given: SecretStr) -> SecretStr:
        if not given.get_secret_value().startswith(_DATABASES):
            raise ValueError(f"does not begin with {' or '.join(_DATABASES)}")
        return given

    @field_validator("host")
    @classmethod
    def _address(cls, given: str) -> str:
        ip_address(given)
        return given

    @field_validator("proxies")
    @classmethod
    def _networks(cls, given: str) -> str:
        for each in _parts(given):
            ip_network(each)
        return given

    def trusted_proxies(self) -> tuple[str, ...]:
        """
        Return the networks of proxies in front, which may say where a request comes from.
        """
        return _parts(self.proxies)

    def allowed_integrations(self) -> tuple[str, ...]:
        """
        Return the ids that may be loaded, in the order given.
        """
        return _parts(self.integrations)

    def allowed_his_origins(self) -> tuple[str, ...]:
        """
        Return the origins whose pages may hand a bill to the desk's page.
        """
        return _parts(self.desk_his_origins)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
