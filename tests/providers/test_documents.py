import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from providers import Document, Http, Malformed, Refused, Request, Unavailable

NOW = datetime(2027, 1, 15, 12, tzinfo=UTC)


class Server:
    """One document, with an ETag; `asked` are the requests that came."""

    def __init__(self):
        self.text, self.status, self.asked = "one", 200, []

    def __call__(self, request):
        self.asked.append(request)
        if self.status == 200 and request.headers.get("if-none-match") == f'"{self.text}"':
            return httpx.Response(304, headers={"etag": f'"{self.text}"'})
        return httpx.Response(self.status, text=self.text, headers={"etag": f'"{self.text}"'})


class Reader:
    """Counts how often it had to read."""

    def __init__(self):
        self.read = 0

    def __call__(self, answer):
        self.read += 1
        return answer.content.decode()


@pytest.fixture
def server():
    return Server()


@pytest.fixture
def reader():
    return Reader()


@pytest.fixture
def clock():
    return [NOW]


@pytest.fixture
async def document(server, reader, clock):
    http = Http("https://club.example", transport=httpx.MockTransport(server))
    request = Request(path="events", headers={"accept": "text/html"})
    made = Document(http, request, read=reader, keep=lambda _: timedelta(minutes=5), clock=lambda: clock[0])
    yield made
    made.cancel()
    await http.aclose()


async def test_a_document_is_fetched_once_for_all_who_ask_meanwhile(document, server):
    assert await asyncio.gather(*(document.latest() for _ in range(5))) == ["one"] * 5
    assert await document.latest() == "one"
    assert len(server.asked) == 1
    assert server.asked[0].headers["accept"] == "text/html"


async def test_a_document_that_has_not_changed_is_not_read_again(document, server, reader, clock):
    await document.latest()
    clock[0] += timedelta(minutes=6)
    assert await document.latest() == "one"
    assert (len(server.asked), reader.read) == (2, 1)
    assert server.asked[1].headers["if-none-match"] == '"one"'
    assert server.asked[1].headers["accept"] == "text/html"


async def test_a_document_that_has_changed_is_read_again_once_its_time_is_up(document, server, reader, clock):
    await document.latest()
    server.text = "two"
    clock[0] += timedelta(minutes=4)
    assert await document.latest() == "one"
    clock[0] += timedelta(minutes=2)
    assert await document.latest() == "two"
    assert reader.read == 2


async def test_a_document_that_cannot_be_fetched_again_is_an_error_in_spite_of_its_copy(document, server, clock):
    await document.latest()
    server.status = 410
    clock[0] += timedelta(minutes=6)
    with pytest.raises(Refused, match="refuses the request"):
        await document.latest()
    server.status = 200
    assert await document.latest() == "one"


async def test_not_modified_without_having_been_asked_so_is_malformed(document, server):
    server.status = 304
    with pytest.raises(Malformed, match="nothing has changed"):
        await document.latest()


async def test_what_its_reader_raises_is_raised_and_not_kept(server, clock):
    def refuse(_):
        msg = "is down for a moment"
        raise Unavailable(msg)

    http = Http("https://club.example", transport=httpx.MockTransport(server))
    document = Document(http, Request(), read=refuse, keep=lambda _: timedelta(minutes=5), clock=lambda: clock[0])
    for _ in range(2):
        with pytest.raises(Unavailable):
            await document.latest()
    assert len(server.asked) == 2
    await http.aclose()
