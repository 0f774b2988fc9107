"""Settings: one small class a concern, read from SONGJIAO_… variables; options given to `load` win over them.

Values marked `FromFile` are secrets: the variable may name a file instead, as SONGJIAO_SECRET_KEY_FILE does.
A wrong value raises StartError with one sentence that names it.
"""

import os
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AliasChoices, BeforeValidator, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from core.errors import StartError

PREFIX = "SONGJIAO_"


class FromFile:
    """Marks a secret that may also be read from the file that NAME_FILE names."""


def _listed(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _paired(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    pairs = [part.partition("=") for part in _listed(value)]
    if any(not sign or not name for name, sign, _ in pairs):
        raise ValueError("it is written name=address, name=address")
    return {name.strip(): address.strip() for name, _, address in pairs}


def _address(value: Any) -> Any:
    if value is None or not isinstance(value, str):
        return value
    if not value.startswith(("http://", "https://")):
        raise ValueError("an address starts with http:// or https://")
    return value.rstrip("/")


Words = Annotated[list[str], NoDecode, BeforeValidator(_listed)]
Named = Annotated[dict[str, str], NoDecode, BeforeValidator(_paired)]
Address = Annotated[str, BeforeValidator(_address)]
Secret = Annotated[str, FromFile()]
Port = Annotated[int, Field(ge=0, le=65535)]
"""0 takes a free port; that is for tests."""


class _Files(PydanticBaseSettingsSource):
    """The last source: secrets in files."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        for name in variables(self.settings_cls, field_name):
            path = os.environ.get(f"{name}_FILE")
            if path:
                return _read(name, Path(path)), field_name, False
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        secrets = [name for name, field in self.settings_cls.model_fields.items() if is_secret(field)]
        found = {name: self.get_field_value(self.settings_cls.model_fields[name], name)[0] for name in secrets}
        return {name: value for name, value in found.items() if value is not None}


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", populate_by_name=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _Files(settings_cls)


class DataSettings(Settings):
    data: Path = Path("var")
    demo: bool = False


class WebSettings(Settings):
    host: str = "127.0.0.1"
    port: Port = 8000
    public_url: Address | None = None
    origins: Words = []
    """Pages of other sites that may call the API (CORS)."""
    trusted_proxies: Words = []
    """Addresses of reverse proxies whose X-Forwarded-For is believed."""
    metrics_from: Words = ["127.0.0.1", "::1"]
    """Networks or addresses that may read /metrics."""

    @property
    def url(self) -> str:
        """The address that users open, without a slash at the end."""
        return self.public_url or f"http://{bracketed(self.host)}:{self.port}"


class RelaySettings(Settings):
    model_config = SettingsConfigDict(env_prefix="SONGJIAO_RELAY_")

    name: str = "relay-1"
    host: str = Field("127.0.0.1", validation_alias=AliasChoices("SONGJIAO_RELAY_HOST", "SONGJIAO_HOST"))
    port: Port = 8001
    public_url: Address | None = None
    media_port: Port = Field(8189, validation_alias="SONGJIAO_MEDIA_PORT")
    media_addresses: Words = Field(["127.0.0.1"], validation_alias="SONGJIAO_MEDIA_ADDRESSES")
    origins: Words = Field([], validation_alias="SONGJIAO_ORIGINS")
    metrics_from: Words = Field(["127.0.0.1", "::1"], validation_alias="SONGJIAO_METRICS_FROM")
    max_sessions_per_ticket: int = Field(1000, ge=1, validation_alias="SONGJIAO_MAX_SESSIONS_PER_TICKET")

    @property
    def url(self) -> str:
        return self.public_url or f"http://{bracketed(self.host)}:{self.port}"


class TreeSettings(Settings):
    """Where a relay stands in the tree."""

    model_config = SettingsConfigDict(env_prefix="SONGJIAO_RELAY_")

    tier: Literal["prefecture", "county", "township", "school"] = "prefecture"
    place: Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")] | None = None
    """The id of the organisation whose rooms it serves; unset: it serves everybody."""
    parent: Address | None = None
    """The relay above, as this one reaches it. Registration and ledger go there where there is no Valkey."""
    key: Secret | None = None
    """What `songjiao relay-key` printed: by it the relay above knows this one."""
    capacity: int = Field(2000, ge=1)
    """Sessions that the machine is built for; the tree's page shows the share that is in use."""
    data: Path = Field(Path("var"), validation_alias="SONGJIAO_DATA")
    """The ledger waits here while nobody takes it."""


class RecorderSettings(Settings):
    """One recorder of several; the lessons are shared among them."""

    model_config = SettingsConfigDict(env_prefix="SONGJIAO_RECORDER_")

    name: str = "recorder-1"
    host: str = Field("127.0.0.1", validation_alias=AliasChoices("SONGJIAO_RECORDER_HOST", "SONGJIAO_HOST"))
    port: Port = 0
    """TCP port at which the web fetches a lesson under way for rooms that UDP cannot reach."""
    url: Address | None = None
    """The address of that port as the web reaches it, where it is not this machine's own."""
    web_url: Address | None = None
    """The web as this process reaches it, where that is not SONGJIAO_PUBLIC_URL."""
    service_key: Secret | None = Field(None, validation_alias="SONGJIAO_SERVICE_KEY")
    """By it the process signs in; made from SONGJIAO_SECRET_KEY where that is set instead."""
    data: Path = Field(Path("var"), validation_alias="SONGJIAO_DATA")
    """Recordings wait here until the library has them."""


class RelaysSettings(Settings):
    """What the web process knows of the relays: name → address as browsers reach it."""

    relays: Named = {"relay-1": "http://127.0.0.1:8001"}
    """Those that serve everybody: the roots of the tree."""
    relay_origins: Words = []
    """Where pages may find the other relays of the tree, as sources of a policy: https://*.relays.example."""


class TurnSettings(Settings):
    """A TURN server (coturn with `use-auth-secret`) for networks that let only TURN through."""

    turn_urls: Words = []
    turn_secret: Secret | None = None


class DatabaseSettings(Settings):
    database_url: Secret | None = None


class RedisSettings(Settings):
    redis_url: Secret | None = None


class StoreSettings(Settings):
    s3_endpoint: Address | None = None
    s3_public_endpoint: Address | None = None
    """The store's address as browsers reach it; the same as s3_endpoint if unset."""
    s3_access_key: Secret | None = None
    s3_secret_key: Secret | None = None
    s3_bucket: str = "songjiao"


class SecretSettings(Settings):
    """A relay in a village needs the public key only: whoever steals it can mint nothing."""

    secret_key: Secret | None = Field(None, min_length=16)
    ticket_public_key: Secret | None = None
    """No secret, but handed over in a file as those are."""


class SealingSettings(Settings):
    """The master key of what is sealed (core/sealing.py). Unset: derived from the house's secret. Once numbers are
    sealed with it, it must not change."""

    sealing_key: Secret | None = Field(None, min_length=16)


class IdentitySettings(Settings):
    """Another house's sign-on (OpenID Connect), such as the province's identity. Our page there to be registered as the
    redirect address is PUBLIC_URL/signin/identity."""

    oidc_issuer: Address | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: Secret | None = None


class TlsSettings(Settings):
    """Both set: the process itself speaks https. Behind a proxy that does, leave both unset."""

    tls_certificate: Path | None = None
    tls_key: Path | None = None


class LibrarySettings(Settings):
    library_quota: int = Field(200 * 1024**3, ge=0)
    """Bytes that a school may keep where nobody set another number."""
    clamd: str | None = None
    """The virus scanner: host:port, or the path of its socket. Unset: files are not scanned, and say so."""
    office: str = "soffice"
    """LibreOffice's command, which turns slides and documents into pages."""


class NoticeSettings(Settings):
    """Where notices leave the house (admin/notices); what is unset is not offered."""

    smtp_host: str | None = None
    smtp_port: Port = 25
    smtp_user: str | None = None
    smtp_password: Secret | None = None
    mail_from: str = "songjiao@localhost.localdomain"
    sms_url: Address | None = None
    sms_key: Secret | None = None
    wecom_url: Address | None = None
    dingtalk_url: Address | None = None
    dingtalk_secret: Secret | None = None


class LogSettings(Settings):
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    log_format: str = Field("auto", pattern="^(auto|json|console)$")


ALL: tuple[type[Settings], ...] = (
    DataSettings,
    WebSettings,
    RelaySettings,
    RecorderSettings,
    TreeSettings,
    RelaysSettings,
    TurnSettings,
    DatabaseSettings,
    RedisSettings,
    StoreSettings,
    SecretSettings,
    SealingSettings,
    IdentitySettings,
    TlsSettings,
    LibrarySettings,
    LogSettings,
    NoticeSettings,
)

T = TypeVar("T", bound=Settings)


def load(kind: type[T], **options: Any) -> T:
    """`options` that are None count as not given. Raises StartError."""
    given = {name: value for name, value in options.items() if value is not None}
    try:
        return kind(**given)
    except ValidationError as error:
        raise StartError(_sentence(kind, error, given)) from None


def variables(kind: type[BaseSettings], field_name: str) -> list[str]:
    """The environment variables that set this field, the strongest first."""
    alias = kind.model_fields[field_name].validation_alias
    if isinstance(alias, AliasChoices):
        return [choice for choice in alias.choices if isinstance(choice, str)]
    return [alias if isinstance(alias, str) else f"{kind.model_config['env_prefix']}{field_name}".upper()]


def known_variables() -> set[str]:
    """Every variable that some setting reads, files of secrets included."""
    names: set[str] = set()
    for kind in ALL:
        for field_name, field in kind.model_fields.items():
            own = variables(kind, field_name)
            names.update(own)
            names.update(f"{name}_FILE" for name in own if is_secret(field))
    return names


def is_secret(field: FieldInfo) -> bool:
    return any(isinstance(mark, FromFile) for mark in field.metadata) or "FromFile" in repr(field.annotation)


def bracketed(host: str) -> str:
    """An IPv6 address in brackets, as addresses of pages want it."""
    return f"[{host}]" if ":" in host else host


def _read(name: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise StartError(f"{name}_FILE names {path}, which cannot be read: {error.strerror}.") from None


def _sentence(kind: type[Settings], error: ValidationError, given: dict[str, Any]) -> str:
    first = error.errors()[0]
    place = str(first["loc"][0]) if first["loc"] else ""
    field_name = next((n for n in kind.model_fields if place == n or place in variables(kind, n)), place)
    name = f"--{field_name.replace('_', '-')}" if field_name in given else variables(kind, field_name)[0]
    shown = "set" if is_secret(kind.model_fields[field_name]) else repr(first["input"])
    reason = first["msg"].removeprefix("Value error, ").rstrip(".")
    return f"{name} is {shown}, but: {reason[:1].lower()}{reason[1:]}."
