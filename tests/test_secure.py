"""`songjiao run --host` other than loopback: https by the house's own authority, which is explained at /install."""

import ssl
from pathlib import Path

import httpx
import pytest

from tests.house import House, running


class SecureHouse(House):
    """Health is asked over https, trusting the house's own authority and nobody else."""

    def __init__(self, data: Path, *options: str, environment: dict[str, str] | None = None) -> None:
        super().__init__(data, *options, environment=environment)
        self.url = f"https://127.0.0.1:{self.port}"

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.data / "tls" / "authority.pem")

    def well(self) -> bool:
        try:
            return httpx.get(f"{self.url}/api/health", timeout=5, verify=self.trust).status_code == 200
        except (httpx.HTTPError, OSError):
            return False


@pytest.mark.timeout(300)
def test_other_machines_are_served_securely(tmp_path: Path) -> None:
    with running(tmp_path, "--host=0.0.0.0", kind=SecureHouse) as house:
        trust = ssl.create_default_context(cafile=tmp_path / "tls" / "authority.pem")
        with httpx.Client(verify=trust) as client:
            page = client.get(f"{house.url}/install")
            assert "安装证书" in page.text
            assert (
                client.get(f"{house.url}/install/songjiao.crt").headers["content-type"] == "application/x-x509-ca-cert"
            )
            assert "strict-transport-security" in page.headers
            relay = client.options(f"https://127.0.0.1:{house.relay_port}/whep/none")
            assert relay.status_code < 500
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"https://127.0.0.1:{house.port}/install")
        told = house.process_of("relay").environ()
        assert told["SONGJIAO_RELAY_PUBLIC_URL"].startswith("https://")
        assert told["SONGJIAO_MEDIA_ADDRESSES"].split(",")[0] != "0.0.0.0"
