"""The whole edge as it is installed: real nginx with deploy/nginx, the portal behind it on a unix socket, a Jaeger.

Names end in .test and lead to loopback; the certificate is made here, by a CA made here.
"""

import os
import pwd
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPException, HTTPResponse
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from demo.parts import free_port
from portal import serve

ROOT = Path(__file__).resolve().parents[2]
NGINX = ROOT / "deploy" / "nginx"
BINARY = shutil.which("nginx") or "/usr/sbin/nginx"  # Debian keeps it where only root looks
PORTAL_HOST, JAEGER_HOST = "portal.alexandrite.test", "jaeger.alexandrite.test"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it came: the status is 0 where the connection was closed without one."""

    status: int
    headers: Mapping[str, str]
    text: str
    names: tuple[str, ...] = ()  # of the headers, in order, each as often as it came


@dataclass(frozen=True, slots=True)
class Edge:
    """Where everything is; raw requests can be sent to it."""

    folder: Path
    http: int
    https: int
    address: str = "127.0.0.1"

    @property
    def suffix(self) -> str:
        return "" if self.https == 443 else f":{self.https}"

    @property
    def portal_url(self) -> str:
        return f"https://{PORTAL_HOST}{self.suffix}"

    @property
    def jaeger_url(self) -> str:
        return f"https://{JAEGER_HOST}{self.suffix}"

    @property
    def authority(self) -> str:
        return f"{PORTAL_HOST}{self.suffix}"

    @property
    def ca(self) -> str:
        return str(self.folder / "ca.crt")

    @property
    def socket(self) -> str:
        return str(self.folder / "portal.sock")

    def connect(self, name: str = PORTAL_HOST, source: str = "127.0.0.1") -> ssl.SSLSocket:
        """Open a verified TLS connection under a name, from a loopback address of one's choice."""
        plain = socket.create_connection((self.address, self.https), timeout=10, source_address=(source, 0))
        return ssl.create_default_context(cafile=self.ca).wrap_socket(plain, server_hostname=name)

    def send(self, raw: bytes, name: str = PORTAL_HOST, source: str = "127.0.0.1") -> Answer:
        """Send bytes as they are over TLS; return the first answer."""
        with self.connect(name, source) as line:
            line.sendall(raw)
            return read(line, raw.partition(b" ")[0].decode("latin-1"))

    def get(
        self, path: str, *lines: str, name: str = PORTAL_HOST, method: str = "GET", source: str = "127.0.0.1"
    ) -> Answer:
        """Send a well-formed request with further header lines."""
        head = [f"{method} {path} HTTP/1.1", f"Host: {name}{self.suffix}", "Connection: close", *lines]
        return self.send(("\r\n".join(head) + "\r\n\r\n").encode("latin-1"), name, source)

    def straight(self, path: str, *lines: str) -> Answer:
        """Ask the portal on its own socket, without nginx."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(10)
            line.connect(self.socket)
            head = [f"GET {path} HTTP/1.1", "Connection: close", *lines]
            line.sendall(("\r\n".join(head) + "\r\n\r\n").encode("latin-1"))
            return read(line)


def read(line: socket.socket, method: str = "GET") -> Answer:
    """Return the first answer on a connection."""
    answer = HTTPResponse(line, method=method)
    try:
        answer.begin()
        text = answer.read().decode("utf-8", "replace")
    except (OSError, HTTPException) as error:
        return Answer(0, {}, repr(error))
    found = {name.lower(): value for name, value in answer.getheaders()}
    return Answer(answer.status, found, text, tuple(name.lower() for name, _ in answer.getheaders()))


OWN = {
    "content-security-policy", "strict-transport-security", "x-content-type-options", "x-frame-options",
    "referrer-policy", "cross-origin-opener-policy",
    "cross-origin-embedder-policy", "cross-origin-resource-policy", "permissions-policy",
    "cache-control", "x-request-id",
}  # fmt: skip


def whole(answer: Answer) -> bool:
    """Tell whether every header of the set is there, each once, and nothing says which version answers."""
    once = all(answer.names.count(name) == 1 for name in OWN)
    return once and answer.headers["server"] == "nginx" and "x-powered-by" not in answer.names


def somewhere(folder: Path) -> Edge:
    """Return an edge on free ports, not yet running."""
    return Edge(folder, free_port(), free_port())


@contextmanager
def nginx(edge: Edge, *, jaeger: str, networks: str = "", access_log: str = "") -> Iterator[None]:
    """Check the configuration with `nginx -t`, then run nginx; `networks` replaces the list of those let in."""
    prepare(edge, jaeger=jaeger, access_log=access_log)
    if networks:
        (edge.folder / "allowed-networks.conf").write_text(networks, encoding="utf-8")
    checked = subprocess.run([*command(edge), "-t"], capture_output=True, text=True, check=False)  # noqa: S603
    assert checked.returncode == 0, checked.stderr
    with (
        (edge.folder / "error.log").open("wb") as log,
        subprocess.Popen(command(edge), stderr=log) as process,  # noqa: S603
    ):
        try:
            _until(lambda: edge.send(b"GET /-/ HTTP/1.0\r\n\r\n").status)
            yield
        finally:
            process.terminate()


def command(edge: Edge) -> list[str]:
    """Return how nginx is started here: with paths of its own, and the template as it is."""
    where = ["-p", str(edge.folder), "-c", str(edge.folder / "nginx.conf")]
    return [BINARY, *where, "-g", f"daemon off; pid {edge.folder}/nginx.pid;"]


def prepare(edge: Edge, *, jaeger: str, access_log: str = "") -> None:
    """Make certificates; fill in the template as the official image's envsubst does: only names that are given."""
    certificates(edge.folder)
    folder = edge.folder
    for path in NGINX.glob("*.conf"):
        shutil.copy(path, folder)
    (folder / "temp").mkdir(exist_ok=True)
    values = {
        "PORTAL_HOST": PORTAL_HOST,
        "JAEGER_HOST": JAEGER_HOST,
        "HTTP_LISTEN": f"{edge.address}:{edge.http}",
        "HTTPS_LISTEN": f"{edge.address}:{edge.https}",
        "PORT_SUFFIX": edge.suffix,
        "PORTAL_UPSTREAM": f"unix:{edge.socket}",
        "JAEGER_UPSTREAM": jaeger,
        "CERTIFICATE": f"{folder}/edge.crt",
        "CERTIFICATE_KEY": f"{folder}/edge.key",
        "NGINX_TEMP": f"{folder}/temp",
        "NGINX_USER": pwd.getpwuid(os.getuid()).pw_name,  # whose folder only it can enter
        "ACCESS_LOG": access_log or f"{folder}/access.log",
    }
    text = (NGINX / "nginx.conf.template").read_text(encoding="utf-8")
    rendered = re.sub(r"\$\{([A-Z_]+)\}", lambda found: values[found[1]], text)
    (folder / "nginx.conf").write_text(rendered, "utf-8")


@contextmanager
def portal(edge: Edge, **settings: str) -> Iterator[None]:
    """Run the portal on its unix socket as in production, with secrets made up for it."""
    given = {key: value for key, value in os.environ.items() if key not in {"PORTAL_DEMO", "DJANGO_SETTINGS_MODULE"}}
    env = {
        **given,
        "PORTAL_URL": edge.portal_url,
        "JAEGER_UI_URL": edge.jaeger_url,
        "PORTAL_VAR": str(edge.folder),
        "SECRET_KEY": "k" + os.urandom(32).hex(),
        "PSEUDONYM_KEYS": "2026:" + os.urandom(24).hex(),
        "TRUSTED_PROXIES": "unix",
        "ALLOWED_NETWORKS": "127.0.0.0/8",
        **settings,
    }
    for command in (["migrate", "-v0"], ["collectstatic", "--no-input", "-v0"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True)  # noqa: S603
    command = serve.command(f"unix:{edge.socket}", workers=1, threads=8, drain=0)
    with (
        (edge.folder / "portal.log").open("wb") as log,
        subprocess.Popen(command, cwd=ROOT, env=env, stderr=log) as process,  # noqa: S603 - our own server
    ):
        try:
            host, claims = f"Host: {edge.authority}", ("X-Forwarded-Proto: https", "X-Forwarded-For: 127.0.0.1")
            _until(lambda: edge.straight("/signed-out/", host, *claims).status == 200)
            yield
        finally:
            process.terminate()


def _until(try_it: Callable[[], object]) -> None:
    for _ in range(900):
        with suppress(OSError):
            if try_it():
                return
        time.sleep(0.1)
    raise AssertionError("it did not start")


def certificates(folder: Path) -> None:
    """Make a CA and a certificate of both names for ninety days, keys on P-256."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test CA")])
    now = datetime.now(UTC)

    def blank(subject: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(ca_name).public_key(public)
        made = made.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(hours=1))
        return made.not_valid_after(now + timedelta(days=90)).add_extension(
            x509.SubjectKeyIdentifier.from_public_key(public), critical=False
        )

    by_ca = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    sign_only, ca_usage = (x509.KeyUsage(*(at in those for at in range(9))) for those in ({0}, {5, 6}))
    ca = blank(ca_name, ca_key.public_key()).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    ca_cert = ca.add_extension(ca_usage, critical=True).sign(ca_key, hashes.SHA256())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, PORTAL_HOST)])
    names = x509.SubjectAlternativeName([x509.DNSName(PORTAL_HOST), x509.DNSName(JAEGER_HOST)])
    leaf = blank(subject, key.public_key()).add_extension(names, critical=False)
    leaf = leaf.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    leaf = leaf.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    cert = leaf.add_extension(by_ca, critical=False).add_extension(sign_only, critical=True)
    pem = cert.sign(ca_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    (folder / "ca.crt").write_bytes(ca_cert.public_bytes(serialization.Encoding.PEM))
    (folder / "edge.crt").write_bytes(pem)
    (folder / "edge.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
