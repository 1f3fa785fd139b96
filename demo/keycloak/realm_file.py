"""The demo's realm file of deploy/keycloak/demo, with its ${PLACEHOLDERS} filled as Keycloak fills them."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

REALM_FILE = Path(__file__).resolve().parents[2] / "deploy" / "keycloak" / "demo" / "alexandrite-realm.json"
_PLACEHOLDER = re.compile(r"\$\{([A-Z_]+)(?::([^}]*))?\}")


def read_realm(values: Mapping[str, str], path: Path = REALM_FILE) -> dict[str, Any]:
    """Return the realm as Keycloak would import it; raises KeyError for a placeholder without value or default."""

    def fill(match: re.Match[str]) -> str:
        name, default = match.groups()
        return values[name] if default is None else values.get(name, default)

    realm: dict[str, Any] = json.loads(_PLACEHOLDER.sub(fill, path.read_text(encoding="utf-8")))
    return realm
