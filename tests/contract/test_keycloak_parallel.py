"""Many requests at re-check time, over threads and processes, tokens rotating: one refresh, nobody thrown out."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from demo.keycloak import StandInKeycloak
from demo.parts import free_port
from portal import serve
from tests.portal.browser import Browser

OLD = """
from datetime import timedelta
from django.utils import timezone
from portal.models import KeycloakSession
KeycloakSession.objects.update(checked_at=timezone.now() - timedelta(seconds=301))
"""


@dataclass(frozen=True)
class Portal:
    """A running portal, its Keycloak, and the environment in which its commands speak to its database."""

    url: str
    keycloak: StandInKeycloak
    env: Mapping[str, str]

    def grow_old(self) -> None:
        """Let the last check be due again: a wait for it would be due once more on a slow machine."""
        subprocess.run([sys.executable, "manage.py", "shell", "-v0", "-c", OLD], env=self.env, check=True)  # noqa: S603


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    """Serve the portal with two processes of six threads on one SQLite file, beside a stand-in that rotates tokens."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    keycloak = StandInKeycloak(portal_url=url).start()
    keycloak.realm.config.update(revokeRefreshToken=True, refreshTokenMaxReuse=0)
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.contract.parallel_settings",
        "PORTAL_URL": url,
        "KEYCLOAK_URL": keycloak.url,
        **({} if "DATABASE_HOST" in os.environ else {"DATABASE_FILE": str(tmp_path / "portal.sqlite3")}),
    }
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], env=env, check=True)
    command = serve.command(f"127.0.0.1:{port}", workers=2, threads=6, drain=0)
    with subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL) as server:  # noqa: S603 - our own server
        try:
            _wait_for(f"{url}/signed-out/")
            yield Portal(url, keycloak, env)
        finally:
            server.terminate()
    keycloak.stop()


def _wait_for(url: str) -> None:
    for _ in range(900):
        try:
            if requests.get(url, timeout=5).status_code == 200:
                return
        except requests.RequestException:  # nobody listens, or nobody answers yet
            time.sleep(0.1)
    raise AssertionError("gunicorn did not start")


def test_one_refresh_for_many_requests(portal: Portal) -> None:
    url, keycloak = portal.url, portal.keycloak
    browser = Browser(url)
    assert browser.sign_in("anna", "/closed/").text == "anna support at /closed/"
    cookie = browser.web.cookies.get("session") or ""
    keycloak.delay = 0.1  # so that the others come while the first one asks
    for turn in (1, 2, 3):
        portal.grow_old()
        with ThreadPoolExecutor(12) as pool:
            got = list(pool.map(lambda _: _status(f"{url}/closed/", cookie), range(24)))
        assert got == [200] * 24
        assert sum(call.endswith("/token") for call in keycloak.calls) == 1 + turn
    browser.close()


def _status(url: str, cookie: str) -> int:
    return requests.get(url, cookies={"session": cookie}, allow_redirects=False, timeout=60).status_code
