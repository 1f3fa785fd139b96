"""No secret stands in the tree, nor did one ever: they come from the environment or from files."""

import math
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from typing import Final

import pytest

from tests.architecture.source import ROOT, texts

# Written in pieces, so that this file does not find itself.
FORMS: Final = {
    "a private key": re.compile("-----BEGIN " + r"(?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/]{20}"),
    "a key of a cloud": re.compile("AKIA" + r"[0-9A-Z]{16}|AIza" + r"[\w-]{35}"),
    "a token of a forge, a chat": re.compile("gh[pousr]_" + r"\w{36}|glpat-" + r"[\w-]{20}|xox[abp]-" + r"[\w-]{20}"),
    # Not one that says what it is, nor one for a host that cannot exist.
    "a password in an address": re.compile(
        r"[a-z]://[^/\s:@'\"{}<>$]+:(?!(?:secret|password)@)[^/\s:@'\"{}<>$]{3,}@(?![\w.]*\.example\b)"
    ),
}
NAMED: Final = re.compile(
    r"(?i)(?:secret|passw|token|api_?key|credential)\w*['\"]?\s*[:=]\s*['\"]([\w+/=.-]{20,})['\"]"
)
GENERATED: Final = ("requirements.txt", "requirements-dev.txt", "requirements-demo.txt")  # hashes of packages


def entropy(text: str) -> float:
    """Return the bits a character holds: 3 in words, above 4 in what was drawn by lot."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())


def secrets_in(text: str) -> Iterator[str]:
    for what, form in FORMS.items():
        if form.search(text):
            yield what
    for found in NAMED.finditer(text):
        value = found[1]
        if entropy(value) > 3.8 and re.search(r"\d", value) and re.search(r"[A-Za-z]", value):
            yield f"{value[:4]}… under the name of a secret"


def test_no_file_holds_a_secret() -> None:
    found = [f"{name}: {what}" for name, text in texts() if name not in GENERATED for what in secrets_in(text)]
    assert found == []


def test_no_file_ever_did() -> None:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("there is no history here")
    log = subprocess.run([git, "log", "-p", "-U0", "--no-color", "--all"], cwd=ROOT, capture_output=True, check=True)  # noqa: S603
    added = [line[1:] for line in log.stdout.decode("utf-8", "replace").splitlines() if line.startswith("+")]
    assert list(secrets_in("\n".join(line for line in added if "--hash=sha256:" not in line))) == []


@pytest.mark.parametrize(
    "planted",
    [
        "-----BEGIN " + "RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA1234",
        "AKIA" + "IOSFODNN7ABCDEFG",
        "ghp_" + "a1B2" * 9,
        "postgres://orders:" + "hunter22@db/orders",
        'KEYCLOAK_CLIENT_SECRET = "' + 'kq8Zr2Vw7Lx4Pt9Yc3Nd6Jf1"',
        '"password": "' + 'kq8Zr2Vw7Lx4Pt9Yc3Nd6Jf1"',
    ],
)
def test_the_rule_finds_what_is_planted(planted: str) -> None:
    assert list(secrets_in(planted))
