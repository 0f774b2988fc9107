"""Firefox as an independent client, driven over Marionette: no driver program of another's in between."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from marionette_driver.marionette import Marionette

CLIENT = (Path(__file__).parent / "client.js").read_text()
PREFERENCES = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.peerconnection.ice.loopback": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "media.autoplay.default": 0,
    "app.update.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "browser.safebrowsing.downloads.remote.enabled": False,
}


class Firefox:
    """One Firefox window with the tests' client in the page."""

    def __init__(self, driver: Marionette) -> None:
        self.driver = driver

    def open(self, url: str) -> None:
        """Navigate and bring the client in."""
        self.driver.navigate(url)
        self.driver.execute_script(CLIENT, sandbox=None)

    def call(self, expression: str, *arguments: Any) -> Any:
        """Await a promise in the page; its rejection is raised as an AssertionError."""
        script = f"""
            const given = Array.from(arguments);
            const done = given.pop();
            (async () => {{ const client = window.songjiaoClient; return await ({expression})(client, ...given); }})()
              .then((value) => done({{ value }}), (error) => done({{ error: String(error) }}));
        """
        answer = self.driver.execute_async_script(script, script_args=list(arguments), sandbox=None)
        assert "error" not in answer, answer["error"]
        return answer["value"]


@contextmanager
def firefox(port: int) -> Iterator[Firefox]:
    """A headless Firefox ESR on its own profile; ended with the block."""
    driver = Marionette(bin="/usr/bin/firefox-esr", headless=True, prefs=PREFERENCES, port=port, gecko_log="-")
    try:
        driver.start_session()
        driver.timeout.script = 30
        yield Firefox(driver)
    finally:
        driver.delete_session()
        driver.cleanup()
        if driver.profile:
            driver.profile.cleanup()
