"""Every script of a page says what it must be, and is that."""

import hashlib
import re
from base64 import b64decode

import pytest
from django.conf import settings
from django.test import Client

from portal.integrity import integrity


@pytest.mark.django_db
def test_every_script_is_what_its_page_says(client: Client) -> None:
    page = client.get("/signed-out/").content.decode()
    scripts = re.findall(r'<script src="/static/([^"]+)" integrity="sha384-([^"]+)"', page)
    assert len(scripts) == page.count("<script") >= 2
    for name, said in scripts:
        assert hashlib.sha384((settings.BASE_DIR / "static" / name).read_bytes()).digest() == b64decode(said)


def test_a_file_that_is_not_there_stops_the_start() -> None:
    with pytest.raises(FileNotFoundError):
        integrity("js/none.js")
