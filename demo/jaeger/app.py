"""The two ports of the stand-in: OTLP/HTTP in, APIs and pages out."""

import asyncio
from typing import Final

from aiohttp import web

from demo.jaeger import api, pages
from demo.jaeger.house import HOUSE, House
from demo.jaeger.otlp import NotOtlpError, from_json, from_protobuf

MAX_BODY: Final = 64 * 2**20  # bytes of one export after inflation; beyond it 413
READERS: Final = {"application/json": from_json, "application/x-protobuf": from_protobuf}
TAKEN: Final = {"application/json": b'{"partialSuccess":{}}', "application/x-protobuf": b""}


def query_app(house: House) -> web.Application:
    """Return the query port: both APIs, as the house's generation has them, and the pages."""
    app = web.Application(middlewares=[misbehave, api.in_jaegers_words])
    app[HOUSE] = house
    app.add_routes(api.routes(house.generation))
    app.add_routes(pages.routes())
    return app


def otlp_app(house: House) -> web.Application:
    """Return the OTLP port: POST /v1/traces in protobuf or JSON, gzip or not."""
    app = web.Application(client_max_size=MAX_BODY)
    app[HOUSE] = house
    app.router.add_post("/v1/traces", take)
    return app


async def take(request: web.Request) -> web.Response:
    """Store one export; 415 for another content type, 400 for a body that is not OTLP, 413 for one too large."""
    kind = request.content_type
    if kind not in READERS:
        raise web.HTTPUnsupportedMediaType(text="OTLP is application/x-protobuf or application/json")
    try:
        groups = READERS[kind](await request.read())
    except NotOtlpError as error:
        raise web.HTTPBadRequest(text=str(error)) from error
    request.app[HOUSE].store.add(groups)
    return web.Response(body=TAKEN[kind], content_type=kind)


@web.middleware
async def misbehave(request: web.Request, handler: api.Handler) -> web.StreamResponse:
    """Wait and fail as the house was told to."""
    house = request.app[HOUSE]
    if house.delay:
        await asyncio.sleep(house.delay)
    return (house.fail(request) if house.fail else None) or await handler(request)
