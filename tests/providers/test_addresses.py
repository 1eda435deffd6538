import socket

import httpx
import pytest
from starlette.responses import RedirectResponse
from starlette.routing import Route

from providers import Configuration, Http, Info, Kind, Misconfigured, Page, Provider, Request, Setting, build
from providers.sdk.addresses import is_public
from providers.sdk.http import pool
from providers.testing import FakeUpstream

NOT_PUBLIC = {
    "0.0.0.0": "unspecified",  # noqa: S104 - a text
    "0.1.2.3": "this network",
    "10.1.2.3": "private",
    "100.64.0.1": "a carrier's NAT",
    "100.127.255.254": "a carrier's NAT",
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "169.254.169.254": "link-local, where clouds tell their secrets",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.0.0.1": "protocol assignments",
    "192.0.0.192": "protocol assignments",
    "192.0.2.1": "documentation",
    "192.88.99.1": "relays of 6to4",
    "192.168.1.1": "private",
    "198.18.0.1": "benchmarks",
    "198.51.100.1": "documentation",
    "203.0.113.1": "documentation",
    "224.0.0.1": "multicast",
    "239.255.255.250": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "broadcast",
    "::": "unspecified",
    "::1": "loopback",
    "::127.0.0.1": "IPv4-compatible",
    "::8.8.8.8": "IPv4-compatible",
    "::ffff:127.0.0.1": "mapped loopback",
    "::ffff:10.0.0.1": "mapped private",
    "::ffff:a9fe:a9fe": "mapped link-local",
    "::ffff:0:127.0.0.1": "translated",
    "64:ff9b::7f00:1": "NAT64 of loopback",
    "64:ff9b::10.0.0.1": "NAT64 of private",
    "64:ff9b::169.254.169.254": "NAT64 of link-local",
    "64:ff9b:1::8.8.8.8": "NAT64 of one network",
    "100::1": "discard",
    "2001::1": "Teredo",
    "2001:2::1": "benchmarks",
    "2001:10::1": "ORCHID",
    "2001:db8::1": "documentation",
    "2002:7f00:1::": "6to4 of loopback",
    "2002:a00:1::1": "6to4 of private",
    "2002:c0a8:101::1": "6to4 of private",
    "3fff::1": "documentation",
    "5f00::1": "segment routing",
    "4000::1": "not given out",
    "fc00::1": "unique local",
    "fd12:3456::1": "unique local",
    "fe80::1": "link-local",
    "fe80::1%eth0": "link-local",
    "fec0::1": "site-local",
    "ff02::1": "multicast",
    "ff0e::1": "multicast",
}
PUBLIC = ["8.8.8.8", "100.63.255.255", "100.128.0.1", "172.32.0.1", "193.0.0.1", "2606:4700::1111", "2a00:1450::1"]
PUBLIC_WITHIN = ["::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1"]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_of_the_public_internet_is_known(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", [*PUBLIC, *PUBLIC_WITHIN])
def test_a_public_address_is_known(address):
    assert is_public(address)


class Elsewhere(FakeUpstream):
    """Serves a page, and redirects to whatever address a test sets."""

    target = ""

    def routes(self):
        return [Route("/page", self._page), Route("/away", self._away)]

    async def _page(self, _request):
        return self.answer({"here": True})

    async def _away(self, _request):
        return RedirectResponse(self.target)


@pytest.fixture(scope="module")
def running():
    with Elsewhere() as upstream:
        yield upstream


@pytest.fixture
def upstream(running):
    running.reset()
    return running


def port_of(upstream):
    return httpx.URL(upstream.url).port


async def ask(url, **options):
    http = Http(url, **{"timeout": 5, "allow_private": False} | options)
    try:
        return await http.json(Request())
    finally:
        await http.aclose()


HERE = [
    "127.0.0.1",
    "127.1.2.3",
    "localhost",
    "LOCALHOST",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "0.0.0.0",  # noqa: S104 - a text
    "0x7f.1",
]


@pytest.mark.parametrize("host", HERE)
async def test_an_address_of_this_machine_is_not_connected_to(upstream, host):
    with pytest.raises(Misconfigured) as caught:
        await ask(f"http://{host}:{port_of(upstream)}/page")
    assert str(caught.value) == (
        "leads to an address that is not public; if that is meant, write allow_private = true in its [feeds] table"
    )
    assert caught.value.missing == ("allow_private",)
    assert upstream.requests == []


async def test_where_the_operator_says_so_it_is(upstream):
    assert await ask(f"{upstream.url}/page", allow_private=True) == {"here": True}


@pytest.fixture
def names(monkeypatch):
    """What each look-up of a name says, one answer after the other, the last again and again; others are looked up."""
    told = {}
    look_up = socket.getaddrinfo

    def getaddrinfo(host, port, *args, **kwargs):
        if host not in told:
            return look_up(host, port, *args, **kwargs)
        answer = told[host].pop(0) if len(told[host]) > 1 else told[host][0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answer]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return told


async def test_a_name_is_judged_by_what_is_connected_to_and_not_by_an_earlier_look(upstream, names):
    # Whoever looks the name up before connecting is told a public address, and connects to the next.
    names["club.example"] = [["8.8.8.8"], ["127.0.0.1"]]
    assert is_public(socket.getaddrinfo("club.example", 80)[0][4][0])
    with pytest.raises(Misconfigured, match="not public"):
        await ask(f"http://club.example:{port_of(upstream)}/page")
    assert upstream.requests == []


async def test_a_name_of_many_private_addresses_is_refused_as_one(upstream, names):
    names["club.example"] = [["127.0.0.1", "127.0.0.2", "10.0.0.1"]]
    with pytest.raises(Misconfigured, match="not public"):
        await ask(f"http://club.example:{port_of(upstream)}/page")


class PublicFirst(httpx.AsyncBaseTransport):
    """The public server that a test cannot have: sends on to `target`. What else is asked for is really connected to."""

    def __init__(self, target):
        self._target = target
        self._pool = pool(allow_private=False)

    async def handle_async_request(self, request):
        if request.url.host == "club.example":
            return httpx.Response(302, headers={"location": self._target})
        return await self._pool.handle_async_request(request)

    async def aclose(self):
        await self._pool.aclose()


@pytest.mark.parametrize("host", HERE)
async def test_a_redirect_to_this_machine_is_not_followed(upstream, host):
    transport = PublicFirst(f"http://{host}:{port_of(upstream)}/page")
    with pytest.raises(Misconfigured, match="not public"):
        await ask("https://club.example/a.ics", transport=transport, redirects=3)
    assert upstream.requests == []


async def test_a_redirect_goes_no_further_than_the_first_private_hop(upstream):
    upstream.target = "https://club.example/again"
    transport = PublicFirst(f"{upstream.url}/away")
    with pytest.raises(Misconfigured, match="not public"):
        await ask("https://club.example/a.ics", transport=transport, redirects=3)
    assert upstream.requests == []


class Fetched(Provider):
    settings = (Setting(name="url"),)
    info = Info(slug="fetched", title="Fetched", feed=True, redirects=2, settings=settings)

    async def search(self, _query, _seek, _limit):
        await self.http.json(Request())
        return Page()


class Api(Fetched):
    info = Info(slug="api", title="Api", base_url="https://api.example")


def made(**tables):
    kinds = [
        Kind(name=each.info.slug, package="tests", ours=False, provider_class=each)
        for each in (Fetched, Api)
        if each is Api or "feeds" in tables
    ]
    return build(kinds, Configuration(**tables))


async def ask_each(registry):
    try:
        for provider in registry.enabled().values():
            await provider.search(None, None, 1)
    finally:
        await registry.aclose()


@pytest.mark.parametrize("said", [{}, {"allow_private": False}, {"allow_private": "no"}])
async def test_a_feed_is_guarded_unless_its_table_says_otherwise(upstream, said):
    table = {"kind": "fetched", "url": f"{upstream.url}/page", **said}
    off = {"api": {"enabled": False}}
    with pytest.raises(Misconfigured, match="not public"):
        await ask_each(made(providers=off, feeds={"club": table}))
    assert upstream.requests == []
    await ask_each(made(providers=off, feeds={"club": {**table, "allow_private": True}}))
    assert len(upstream.requests) == 1


async def test_the_address_of_an_api_is_the_operators_own_choice(upstream):
    await ask_each(made(providers={"api": {"base_url": f"{upstream.url}/page"}}))
    assert len(upstream.requests) == 1


def test_only_a_feed_has_the_setting():
    with pytest.raises(ValueError, match=r"providers\.api\.allow_private: no such key"):
        made(providers={"api": {"allow_private": True}})
