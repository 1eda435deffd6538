from __future__ import annotations

import httpx

from gateway.accounts import Database
from gateway.keys import Keys
from providers import Configuration, Redactor, build, discover
from server.app import create_app, make_gateway


async def test_a_process_that_runs_is_alive(client: httpx.AsyncClient) -> None:
    response = await client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


async def test_it_is_ready_from_start_up_to_shut_down(no_database: Database) -> None:
    registry = build(discover(), Configuration(), redactor=Redactor())
    app = create_app(make_gateway(registry, Keys([b"k" * 32]), no_database))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client:
        assert (await client.get("/readyz")).status_code == 503
        async with app.router.lifespan_context(app):
            ready = await client.get("/readyz")
            assert (ready.status_code, ready.json()) == (200, {"status": "ok"})
        assert (await client.get("/readyz")).status_code == 503
        assert (await client.get("/healthz")).status_code == 200
