"""The two query APIs over HTTP: which paths each generation has, statuses and content types as Jaeger's."""

from collections.abc import Awaitable, Callable, Iterable

import msgspec
from aiohttp import web

from demo.jaeger import legacy, v3
from demo.jaeger.house import HOUSE
from demo.jaeger.questions import RefusedError, named, read_legacy, read_trace_id, read_v3
from demo.jaeger.store import Trace

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def routes(generation: str) -> list[web.RouteDef]:
    """Return the API paths that a generation knows."""
    known = [
        web.get("/api/traces/{trace_id}", legacy_trace),
        web.get("/api/v3/services", v3_services),
        web.get("/api/v3/operations", v3_operations),
        web.get("/api/v3/traces", v3_search),
        web.get("/api/v3/traces/{trace_id}", v3_trace),
    ]
    if generation != "main":
        known += [
            web.get("/api/services", legacy_services),
            web.get("/api/services/{service}/operations", legacy_operation_names),
            web.get("/api/operations", legacy_operations),
            web.get("/api/traces", legacy_search),
        ]
    if generation != "2.13":  # which answered an unknown path with the UI's page
        known += [web.get("/api/v3/trace-summaries", v3_summaries), web.get("/api/{rest:.*}", unknown)]
    return known


@web.middleware
async def in_jaegers_words(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a refused question as the API that was asked does: an error body under text/plain."""
    try:
        return await handler(request)
    except RefusedError as refused:
        if request.path.startswith("/api/v3/"):
            body = v3.failure(refused.status, refused.message)
        else:
            errors = [{"code": refused.status, "msg": refused.message}]
            body = legacy.envelope(b"null", msgspec.json.encode(errors))
        return _plain(body, refused.status)


async def unknown(request: web.Request) -> web.Response:
    """Answer a path that the API does not have."""
    return _plain(b"404 page not found\n", 404)


async def legacy_services(request: web.Request) -> web.Response:
    """GET /api/services."""
    return _list(request.app[HOUSE].store.services())


async def legacy_operation_names(request: web.Request) -> web.Response:
    """GET /api/services/{service}/operations."""
    known = request.app[HOUSE].store.operations(request.match_info["service"])
    return _list(list(dict.fromkeys(name for name, _ in known)))


async def legacy_operations(request: web.Request) -> web.Response:
    """GET /api/operations?service=&spanKind=."""
    service = request.query.get("service", "")
    if not service:
        raise RefusedError(400, "parameter 'service' is required")
    known = request.app[HOUSE].store.operations(service, request.query.get("spanKind", ""))
    return _list([{"name": name, "spanKind": kind} for name, kind in known])


async def legacy_search(request: web.Request) -> web.Response:
    """GET /api/traces: a search, or chosen traces when `traceID` is given."""
    house = request.app[HOUSE]
    wanted = [read_trace_id(text, house.generation) for text in request.query.getall("traceID", [])]
    if not wanted:
        return _json(legacy.traces(house.find(read_legacy(request.query, house.clock()))))
    known = house.store.traces
    found = [known[trace_id] for trace_id in wanted if trace_id in known]
    return _json(legacy.traces(found, [trace_id for trace_id in wanted if trace_id not in known]))


async def legacy_trace(request: web.Request) -> web.Response:
    """GET /api/traces/{trace_id}."""
    return _json(legacy.traces([_one(request, "", "trace not found")]))


async def v3_services(request: web.Request) -> web.Response:
    """GET /api/v3/services."""
    return _v3(request, msgspec.json.encode({"services": request.app[HOUSE].store.services()}))


async def v3_operations(request: web.Request) -> web.Response:
    """GET /api/v3/operations?service=&spanKind=."""
    kind = named(request.query, "spanKind")
    known = request.app[HOUSE].store.operations(request.query.get("service", ""), kind)
    return _v3(request, msgspec.json.encode({"operations": [{"name": name, "spanKind": own} for name, own in known]}))


async def v3_search(request: web.Request) -> web.Response:
    """GET /api/v3/traces; nothing found is an error there."""
    found = _searched(request)
    if not found:
        raise RefusedError(404, "No traces found")
    return _v3(request, v3.traces(found))


async def v3_summaries(request: web.Request) -> web.Response:
    """GET /api/v3/trace-summaries; nothing found is an empty list there."""
    return _v3(request, v3.summaries(_searched(request)))


async def v3_trace(request: web.Request) -> web.Response:
    """GET /api/v3/traces/{trace_id}."""
    return _v3(request, v3.traces([_one(request, "malformed parameter trace_id: ", "No traces found")]))


def _searched(request: web.Request) -> list[Trace]:
    house = request.app[HOUSE]
    return house.find(read_v3(request.query, house.generation))


def _one(request: web.Request, prefix: str, absent: str) -> Trace:
    house = request.app[HOUSE]
    try:
        trace_id = read_trace_id(request.match_info["trace_id"], house.generation)
    except RefusedError as refused:
        raise RefusedError(refused.status, prefix + refused.message) from refused
    trace = house.store.traces.get(trace_id)
    if trace is None:
        raise RefusedError(404, absent)
    return trace


def _list(data: Iterable[object]) -> web.Response:
    items = list(data)
    return _json(legacy.envelope(msgspec.json.encode(items), total=len(items)))


def _json(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="application/json")


def _v3(request: web.Request, body: bytes) -> web.Response:
    if request.app[HOUSE].generation == "2.13":
        return _plain(body, 200)
    return _json(body)


def _plain(body: bytes, status: int) -> web.Response:
    headers = {"X-Content-Type-Options": "nosniff"} if status >= 400 else None
    return web.Response(body=body, status=status, content_type="text/plain", charset="utf-8", headers=headers)
