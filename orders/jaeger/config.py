"""JaegerConfig: everything that can differ between two Jaegers, checked once."""

import base64
import re
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

ID_PATTERN = r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}"


@dataclass(frozen=True, slots=True, kw_only=True)
class JaegerConfig:
    """Where Jaeger is, how it is asked, and how much it may answer. Times are seconds.

    Raises ValueError where a value cannot work: a base URL that is not http(s), no order attribute, a deadline
    before the soft one.
    """

    base_url: str  # of the query API, with its base path if it has one
    ui_url: str = ""  # the public address of Jaeger UI; "" means base_url
    generation: Literal["auto", "v3", "legacy"] = "auto"
    services: tuple[str, ...] = ()  # asked one by one where the storage needs a service; empty: discovered
    order_attributes: tuple[str, ...] = ("order_id",)  # each more name costs a search each
    id_pattern: str = ID_PATTERN  # what may be searched for; keep regular expression operators out of it
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    bearer: str = field(default="", repr=False)
    basic: tuple[str, str] | None = field(default=None, repr=False)  # user, password
    tenant_header: str = "x-tenant"
    tenant: str = ""
    ca_bundle: str = ""  # a file of PEM certificates; "" trusts what the system trusts
    limit: int = 200  # traces per search
    soft_deadline: float = 3.0  # after this, what has come is the answer
    hard_deadline: float = 8.0  # if nothing has, this is the end
    connect: float = 0.5
    max_bytes: int = 32 * 1024 * 1024  # per answer
    max_spans: int = 20_000  # per look-up
    max_in_flight: int = 64  # look-ups
    max_services: int = 64  # asked one by one
    patience: float = 0.3  # how long a look-up waits for its turn among max_in_flight
    remember: float = 600.0  # how long the detected generation and abilities hold
    remember_services: float = 60.0
    serviceless: Literal["auto", "yes", "no"] = "auto"  # whether this storage can search without a service

    def __post_init__(self) -> None:
        url = urlsplit(self.base_url)
        if url.scheme not in {"http", "https"} or not url.hostname or url.query or url.fragment or url.username:
            raise ValueError("base_url must be http(s)://host[:port][/path], without credentials or a query")
        if not self.order_attributes:
            raise ValueError("order_attributes must name at least one attribute")
        if not 0 < self.soft_deadline <= self.hard_deadline:
            raise ValueError("soft_deadline must be above 0 and not after hard_deadline")
        re.compile(self.id_pattern)

    @property
    def root(self) -> str:
        """Return the base URL without a slash at its end."""
        return self.base_url.rstrip("/")

    def request_headers(self) -> dict[str, str]:
        """Return the headers of every request, credentials included."""
        found = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "order-journey"}
        found.update(self.headers)
        if self.tenant:
            found[self.tenant_header] = self.tenant
        if self.basic is not None:
            found["Authorization"] = "Basic " + base64.b64encode(":".join(self.basic).encode()).decode()
        if self.bearer:
            found["Authorization"] = f"Bearer {self.bearer}"
        return found
