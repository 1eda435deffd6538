"""`event-gateway smoke`: against a real gateway, and against what is none."""

import asyncio
import re
import socket

import pytest
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from providers.testing import FakeUpstream
from server.cli import main


class Answers(FakeUpstream):
    """Is ready, and answers each query with that."""

    def __init__(self, answer, *, ready: bool = True) -> None:
        super().__init__()
        self._answer = answer
        self._ready = ready

    def routes(self):
        return [Route("/readyz", self._readyz), Route("/graphql", self._graphql, methods=["POST"])]

    async def _readyz(self, _request):
        return PlainTextResponse("ok" if self._ready else "starting", 200 if self._ready else 503)

    async def _graphql(self, _request):
        return PlainTextResponse(self._answer) if isinstance(self._answer, str) else JSONResponse(self._answer)


async def test_a_gateway_that_serves_is_told_in_one_line(run, capsys) -> None:
    process = await run("serve", "--port", "0")
    found = re.search(r"http://\S+", await process.says("Event gateway is at"))
    assert await asyncio.to_thread(main, ["smoke", f"{found[0]}/"]) == 0
    out, err = capsys.readouterr()
    assert out == f"{found[0]} is ready and answers a query with 1 event\n"
    assert err == ""


def test_a_provider_that_fails_is_told_and_is_no_failure_of_the_gateway(capsys) -> None:
    events = {"nodes": [], "warnings": [{"message": "skiddle is down"}, {"message": "gancio is down"}]}
    with Answers({"data": {"events": events}}) as upstream:
        assert main(["smoke", upstream.url]) == 0
    assert capsys.readouterr().out.endswith("with 0 events; 2 warnings of providers\n")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"errors": [{"message": "no such field"}], "data": None}, "no such field"),
        ({"data": {"events": None}}, "the query was answered with"),
        ({"data": {"events": {"nodes": 3, "warnings": []}}}, "the query was answered with"),
        ([], "the query was answered with []"),
        ("<html>\x1b[31mNot here</html>", "the query was answered with <html> [31mNot here</html>"),
        ("", "the query was answered with nothing"),
    ],
)
def test_an_answer_that_is_none_is_one_line_and_a_failure(answer, told, capsys) -> None:
    with Answers(answer) as upstream:
        assert main(["smoke", upstream.url]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert told in err
    assert err.count("\n") == 1


def test_one_that_is_not_ready_is_a_failure(capsys) -> None:
    with Answers({}, ready=False) as upstream:
        assert main(["smoke", upstream.url]) == 1
    assert "/readyz answers 503: starting" in capsys.readouterr().err


def test_nobody_there_is_a_failure(capsys) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        assert main(["smoke", address]) == 1
    assert f"{address}/readyz does not answer: " in capsys.readouterr().err


@pytest.mark.parametrize("url", ["event-gateway", "file:///etc/passwd", "http://"])
def test_what_is_no_address_is_misuse(url, capsys) -> None:
    assert main(["smoke", url]) == 2
    assert "URL: wants an address such as http://event-gateway" in capsys.readouterr().err
