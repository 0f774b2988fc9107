"""The house's secret, made once where nobody gave one."""

import secrets
from pathlib import Path

from core.settings import SecretSettings, load


def environment(data: Path) -> dict[str, str]:
    """The variable by which all processes find the secret; nothing when the environment has it already."""
    if load(SecretSettings).secret_key:
        return {}
    return {"SONGJIAO_SECRET_KEY_FILE": str(_file(data / "secret.key"))}


def value(data: Path) -> str:
    return load(SecretSettings).secret_key or _file(data / "secret.key").read_text(encoding="utf-8").strip()


def _file(path: Path) -> Path:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    return path
