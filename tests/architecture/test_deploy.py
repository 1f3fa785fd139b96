"""Rules of deploy/: what a file needs, the other one gives it."""

import re

from tests.architecture.source import ROOT

COMPOSE = (ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8")
NGINX = ROOT / "deploy" / "nginx"
TEMPLATE = (NGINX / "nginx.conf.template").read_text(encoding="utf-8")


def test_compose_gives_nginx_all_its_files_and_names() -> None:
    files = {path.name for path in NGINX.glob("*.conf")}
    assert files == set(re.findall(r"- \./nginx/([\w-]+\.conf):/etc/nginx/\1:ro", COMPOSE))
    for name in set(re.findall(r"\$\{(\w+)\}", TEMPLATE)):
        assert f"\n      {name}: " in COMPOSE, name


def test_every_included_file_is_there() -> None:
    for path in (*NGINX.glob("*.conf"), NGINX / "nginx.conf.template"):
        for name in re.findall(r"^\s*include ([^;*]+);", path.read_text(encoding="utf-8"), re.MULTILINE):
            assert (NGINX / name).is_file(), f"{path.name}: {name}"


def test_a_location_with_headers_has_them_all() -> None:
    """One add_header in a location takes away those of the levels above: they come from two files and no third."""
    adding = {path.name for path in NGINX.iterdir() if "add_header" in path.read_text(encoding="utf-8")}
    assert adding == {"own-headers.conf", "to-jaeger.conf"}


def test_only_nginx_listens_outside() -> None:
    published = re.findall(r"^      - (\S+:\S*\d+)$", COMPOSE, re.MULTILINE)
    assert len(published) >= 4
    assert all(door.startswith("127.0.0.1:") for door in published)
    assert COMPOSE.count("network_mode: host") == 1


def test_nginx_keeps_nothing() -> None:
    whole = "".join(path.read_text(encoding="utf-8") for path in NGINX.iterdir())
    assert not re.findall(r"^\s*(?:proxy_cache|proxy_store|open_file_cache)\b", whole, re.MULTILINE)
    assert "proxy_max_temp_file_size 0;" in whole
