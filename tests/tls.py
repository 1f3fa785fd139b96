"""A TLS server on loopback with a certificate of the test's choice, which tells what reached it after the handshake."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


@dataclass(kw_only=True)
class Secure:
    """A running server: its address, its certificate, and every byte that was sent to it under TLS."""

    url: str
    certificate: Path
    came: list[bytes] = field(default_factory=list)
    met: int = 0  # connections


def certificate(folder: Path, *, address: str = "127.0.0.1", until: timedelta = DAY) -> Path:
    """Write a self-signed certificate for an address with its key into one file; `until` from now on it is good."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 9 * DAY)
        .not_valid_after(now + until)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{address}-{until.days}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@contextmanager
def secure(certificate: Path, answer: bytes = b"{}") -> Iterator[Secure]:
    """Serve TLS with a certificate; whoever accepts it gets `answer` as JSON."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(answer)}\r\n\r\n"
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Secure(url=f"https://127.0.0.1:{listening.getsockname()[1]}", certificate=certificate)

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return  # the test is over
                server.met += 1
                with connection, suppress(OSError):  # a client that hangs up in the handshake is what is wanted
                    connection.settimeout(5)
                    with context.wrap_socket(connection, server_side=True) as shown:
                        server.came.append(shown.recv(65536))
                        shown.sendall(head.encode() + answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(10)
