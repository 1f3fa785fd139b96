"""Names: what programs call things is shown, what people are called is not, wherever it stands in for it."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.alexandrite import mishaps
from demo.alexandrite.scribe import Failure
from orders.journey.ids import IdPatterns
from orders.journey.raw import Raw
from orders.journey.spans import Attribute
from orders.journey.table import parse
from orders.privacy import names as names_module
from orders.privacy.attributes import Policy, shown
from orders.privacy.names import NAMED, Names
from orders.privacy.vocabulary import Vocabulary
from tests.privacy.masking import ROOT, names, vocabulary

PEOPLE = ("svirisheva", "Svirisheva", "SVIRISHEVA", "aglaya", "petrov", "ivanPetrov", "Иванов")


@pytest.mark.parametrize(
    "name",
    ["POST /api/orders/{id}", "publish orders.created", "OrderService.calculatePrice", "HTTP GET",
     "orders:created:mes process", "GET /orders/ORD-20398", "calculate_price", "SELECT orders", "deliver <generated>",
     "basket", "v2/upload", "close order manually", "order status SHIPPED", "answer partner",
      "GET /orders/ORD-1/models/M-7", "x"],
)  # fmt: skip
def test_operations_that_look_like_operations_are_shown(name: str) -> None:
    assert names().operation(Raw(name)) == name


@pytest.mark.parametrize(
    "name",
    ["", "Заказ Иванова", "mail ivan@example.ru", "GET /clients/79123456789", "call 8-912-345-67-89",
     "GET /c/912-345-67", "Ivan Petrov", "GET /orders/cust-104217", "ORD-1234567890123", "a b c d e", "a\u202eb", "a\n",
     7, None, "x" * 300, "a  b", "petrov", "ivan petrov", "i-v-a-n", "i.v.a.n", "/petrov", "Price", "{petrov}",
     "ivan.petrov/aglaya"],
)  # fmt: skip
def test_operations_that_may_hold_more_are_masked(name: object) -> None:
    assert names().operation(Raw(name)) is None


@pytest.mark.parametrize(
    ("name", "told"),
    [("call ivan petrov", "call ‹…›"), ("send mail to Svirisheva", "send mail to ‹…›"),
     ("GET /users/Svirisheva/orders", "GET /users/‹…›/orders"), ("/clients/ivan-petrov-moscow", "/clients/‹…›"),
     ("GET /users/Price", "GET /users/‹…›"), ("GET /orders/ORD-20398/petrov", "GET /orders/ORD-20398/‹…›"),
     ("com.petrov.OrderService.getPetrov", "com.‹…›.OrderService.‹…›"), ("call ivan.petrov", "call ‹…›"),
     ("GET /users/{petrov}/:id", "GET /users/‹…›/:id")],
)  # fmt: skip
def test_of_an_operation_stays_what_is_known(name: str, told: str) -> None:
    assert names().operation(Raw(name)) == told


def test_an_installation_without_ids_of_its_own_masks_every_long_number() -> None:
    without = Names.of(IdPatterns.of({"order": (), "partner": (), "model": ()}), vocabulary=vocabulary())
    assert without.operation(Raw("GET /orders/ORD-20398")) is None


def test_services_and_errors_are_known_identifiers() -> None:
    assert (names().service("crm-api"), names().error_type("504")) == ("crm-api", "504")
    for text in ("Иван", "a b", "", "x" * 129, "a@b", "1234567", "user_79123456789", "<b>", "aglaya.svirisheva",
                 "Aglaya", "svirisheva"):  # fmt: skip
        assert names().service(text) is names().error_type(text) is None
    assert names().service("com.petrov") is None
    assert names().error_type("com.petrov.TimeoutException") == "com.‹…›.TimeoutException"


@pytest.mark.parametrize(
    "kind",
    ["java.lang.IllegalState$1", "java.net.ConnectException", "org.postgresql.util.PSQLException",
     "org.springframework.amqp.AmqpConnectException", "RabbitMQ.Client.Exceptions.BrokerUnreachableException",
     "System.Net.Http.HttpRequestException", "Npgsql.PostgresException", "System.NullReferenceException",
     "Microsoft.EntityFrameworkCore.DbUpdateException", "io.grpc.StatusRuntimeException", "TimeoutError", "_OTHER",
     "java.sql.SQLTransientConnectionException", "com.zaxxer.hikari.pool.HikariPool$PoolInitializationException",
     "System.Text.Json.JsonException", "requests.exceptions.ConnectionError", "django.db.utils.OperationalError",
     "ECONNREFUSED", "AxiosError", "psycopg.errors.UniqueViolation", "DEADLINE_EXCEEDED", "ModelFileUnreadable"],
)  # fmt: skip
def test_the_usual_frameworks_errors_are_told(kind: str) -> None:
    assert names().error_type(kind) == kind


def _demo_errors() -> Iterator[str]:
    yield from (one.kind for one in vars(mishaps).values() if isinstance(one, Failure))


@pytest.mark.parametrize("kind", sorted({*_demo_errors()}))
def test_the_demo_s_errors_are_told(kind: str) -> None:
    table = parse((ROOT / "orders" / "stages.toml").read_text(encoding="utf-8"))
    installed = Names.of(IdPatterns.of(), vocabulary=vocabulary(), own=table.own_names())
    assert installed.error_type(kind) == kind
    assert {name: installed.service(name) for name in table.service_names} == {n: n for n in table.service_names}


def test_what_the_operator_wrote_is_known() -> None:
    own = Names.of(IdPatterns.of(), vocabulary=vocabulary(), own=["petrov-works", "Weld_Ring"])
    assert own.service("petrov-works") == own.service("petrov-works") == "petrov-works"
    assert own.operation(Raw("weldRing weld Weld")) == "weldRing weld Weld"
    assert own.operation(Raw("Petrov")) is None


def test_without_a_vocabulary_no_name_is_shown() -> None:
    nothing = Names.of(IdPatterns.of(), vocabulary=Vocabulary())
    assert nothing.operation(Raw("GET /orders")) is nothing.service("mes") is nothing.error_type("TimeoutError") is None


SHAPES: dict[str, Callable[[str], str | None]] = {
    "operation": lambda text: names().operation(Raw(text)),
    "service": lambda text: names().service(text),
    "error": lambda text: names().error_type(text),
    **{kind: names().fit(kind) for kind in NAMED},
}


@pytest.mark.parametrize("place", SHAPES)
@given(
    person=st.sampled_from(PEOPLE),
    before=st.sampled_from(["", "order", "GET /users", "/orders", "get", "com.order"]),
    between=st.sampled_from([" ", "/", ".", "-", "_", ":", ""]),
    after=st.sampled_from(["", ".order", "/orders", "-id", "2", "Exception"]),
)
def test_nobody_s_name_stands_in_for_a_name(place: str, person: str, before: str, between: str, after: str) -> None:
    told = SHAPES[place](f"{before}{between}{person}{after}") or ""
    assert not [part for part in ("svirisheva", "aglaya", "petrov", "иванов") if part in told.lower()]


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [("http.route", "/users/svirisheva/orders", "/users/‹…›/orders"), ("service.name", "aglaya.svirisheva", ""),
     ("error.type", "Svirisheva", ""), ("code.function", "OrderService.svirisheva", "OrderService.‹…›"),
     ("messaging.destination.name", "orders.svirisheva", "orders.‹…›"),
     ("server.address", "svirisheva.local", "‹…›.local"),
     ("db.name", "svirisheva", ""), ("db.name", 7, "")],
)  # fmt: skip
def test_an_attribute_that_is_a_name_is_judged_as_one(key: str, value: object, told: str) -> None:
    policy = Policy.of(IdPatterns.of(), names=names())
    (found,) = shown([Attribute("span", key, Raw(value))], policy)
    assert (found.text, found.masked) == (told, not told)
    assert str(value) not in repr(list(policy.decided))


def test_a_name_is_judged_once_and_not_too_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = Names.of(IdPatterns.of(), vocabulary=vocabulary())
    asked: list[str] = []
    judge = Names._judged

    def counted(self: Names, text: str) -> str | None:
        asked.append(text)
        return judge(self, text)

    monkeypatch.setattr(Names, "_judged", counted)
    monkeypatch.setattr(names_module, "_REMEMBERED", 3)
    for _ in range(200):
        assert fresh.operation(Raw("publish orders.created")) == "publish orders.created"
    assert asked == ["publish orders.created"]
    for name in ("orders", "order", "price", "status", "svirisheva"):
        fresh.operation(Raw(name))
    assert set(fresh._decided) == {("operation", "price"), ("operation", "status")}
