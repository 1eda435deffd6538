import sys
from dataclasses import replace
from importlib.metadata import EntryPoint
from types import ModuleType

import httpx
import pytest

from providers import (
    Configuration,
    Info,
    Kind,
    Page,
    Provider,
    ProviderOrigin,
    Redactor,
    Request,
    Setting,
    SettingError,
    build,
    discover,
)


class Stage(Provider):
    info = Info(
        slug="stage",
        title="Stage",
        base_url="https://stage.example",
        settings=(Setting(name="api_key", required=True, secret=True),),
    )

    async def search(self, query, seek, limit):  # noqa: ARG002 - what every provider is asked
        return Page()


class StandIn(Stage):
    info = Info(slug="stand-in", title="Stand-in", stand_in=True)


class Feed(Stage):
    info = Info(slug="feed", title="Feed", feed=True, settings=(Setting(name="url"),))


class Breaks(Stage):
    info = Info(slug="breaks", title="Breaks", settings=(Setting(name="token", secret=True),))

    def __init__(self, *, settings, http, clock):  # noqa: ARG002 - what every provider is given
        msg = f"no luck with {settings['token']}"
        raise RuntimeError(msg)


def kind(provider_class, package="open-stage 1.0", *, ours=False):
    return Kind(name=provider_class.info.slug, package=package, ours=ours, provider_class=provider_class)


def broken(name):
    return Kind(name=name, package="broken 1.0", ours=False, broken="cannot be imported")


@pytest.fixture
def module():
    made = ModuleType("a_plugin_for_a_test")
    sys.modules[made.__name__] = made
    yield made
    del sys.modules[made.__name__]


def point(attribute, name="stage"):
    return EntryPoint(name=name, value=f"a_plugin_for_a_test:{attribute}", group="event_gateway.providers")


def test_a_plugin_is_found_by_its_entry_point(module):
    module.Stage = Stage
    (found,) = discover([point("Stage")])
    assert (found.provider_class, found.broken, found.ours) == (Stage, None, False)


@pytest.mark.parametrize("thing", [object(), dict, type("NoInfo", (Stage,), {"info": None})])
def test_what_is_no_provider_is_quarantined(module, thing):
    module.Thing = thing
    (found,) = discover([point("Thing")])
    assert found.provider_class is None
    assert "is not a Provider" in found.broken


@pytest.mark.parametrize("raised", [ImportError("libstage.so"), RuntimeError("at import"), SyntaxError("oh")])
def test_a_plugin_that_raises_at_import_is_quarantined_with_its_reason(module, raised):
    def lookup(_):
        raise raised

    module.__getattr__ = lookup
    (found,) = discover([point("Stage", "open stage")])
    registry = build([found, kind(StandIn)], Configuration())
    entry = registry.get("open-stage")
    assert (entry.enabled, entry.provider) == (True, None)
    assert type(raised).__name__ in entry.problem
    assert str(raised) in entry.problem


def test_the_built_in_ones_are_found_and_whole():
    found = {each.name: each for each in discover()}
    assert {"icalendar", "sample", "ticketmaster"} <= found.keys()
    assert [each.broken for each in found.values() if each.ours and each.broken] == []


@pytest.mark.parametrize("name", ["stage", "Ünicode", "two--hyphens", "a__b", "1st", "東京", "", "x.y"])
def test_a_broken_plugin_never_stops_the_others_whatever_its_name(name):
    registry = build(
        [broken(name), broken(name), kind(Stage)], Configuration(providers={"stage": {"api_key": "made-up"}})
    )
    assert list(registry.enabled()) == ["stage"]
    assert len([entry for entry in registry.entries if entry.problem == "cannot be imported"]) == 2


def test_a_table_for_a_broken_plugin_is_let_pass():
    build([broken("open_stage")], Configuration(providers={"open_stage": {}}))
    build([broken("open_stage")], Configuration(providers={"open-stage": {"key": 1}}))


def test_a_constructor_that_raises_is_quarantined_and_its_secret_hidden():
    configuration = Configuration(providers={"breaks": {"token": "swordfish"}, "stage": {"api_key": "made-up"}})
    registry = build([kind(Breaks), kind(Stage)], configuration)
    assert list(registry.enabled()) == ["stage"]
    assert registry.get("breaks").problem == "cannot be configured (RuntimeError: no luck with ***)"


def test_a_class_that_is_not_finished_is_quarantined():
    class Unfinished(Provider):
        info = Info(slug="unfinished", title="Unfinished")

    assert "search" in build([kind(Unfinished)], Configuration()).get("unfinished").problem


def test_two_of_one_name_are_refused_with_both_their_distributions():
    with pytest.raises(SettingError, match=r"'stage'.* one-stage 1\.0.* other-stage 2\.0"):
        build([kind(Stage, "one-stage 1.0"), kind(Stage, "other-stage 2.0")], Configuration())


@pytest.mark.parametrize(
    ("configuration", "message"),
    [
        (Configuration(providers={"stge": {}}), r"providers\.stge: no such provider is installed; known are .*stage"),
        (Configuration(providers={"stage": {"apikey": "x"}}), r"providers\.stage\.apikey: no such key"),
        (Configuration(feeds={"club": {"kind": "rss"}}), r"feeds\.club\.kind: wants one of feed, not 'rss'"),
        (Configuration(feeds={"club": {}}), r"feeds\.club\.kind: wants one of feed"),
        (Configuration(feeds={"club": {"kind": "feed"}}), r"feeds\.club\.url: must be set"),
        (
            Configuration(feeds={"My Club": {"kind": "feed", "url": "https://a.example"}}),
            r"feeds\.My Club: .* not a slug",
        ),
        (Configuration(feeds={"stage": {"kind": "feed", "url": "https://a.example"}}), r"feeds\.stage: .* that name"),
    ],
)
def test_what_the_operator_cannot_mean_stops_the_start(configuration, message):
    with pytest.raises(SettingError, match=message):
        build([kind(Stage), kind(Feed)], configuration)


def test_without_its_key_a_provider_is_off_and_says_what_to_set():
    entry = build([kind(Stage)], Configuration()).get("stage")
    assert (entry.enabled, entry.provider, entry.missing) == (False, None, ("api_key",))
    assert entry.problem == "is not set up: set api_key"


def test_who_lacks_a_setting_is_told_what_it_is():
    class Strict(Stage):
        info = Info(
            slug="strict",
            title="Strict",
            settings=(
                Setting(name="token", required=True),
                Setting(name="agreed", kind=bool, required=True, help="their terms want it"),
            ),
        )

    configuration = Configuration(providers={"strict": {"agreed": False}})
    entry = build([kind(Strict)], configuration).get("strict")
    assert (entry.enabled, entry.missing) == (False, ("token", "agreed"))
    assert entry.problem == "is not set up: set token, agreed (their terms want it)"


@pytest.mark.parametrize("agreed", [{}, {"agreed": False}])
def test_without_a_required_consent_a_provider_is_off_and_says_why(agreed):
    class Careful(Stage):
        info = Info(
            slug="careful",
            title="Careful",
            settings=(Setting(name="agreed", kind=bool, required=True, help="true, if its terms let you"),),
        )

    entry = build([kind(Careful)], Configuration(providers={"careful": agreed})).get("careful")
    assert (entry.enabled, entry.provider, entry.missing) == (False, None, ("agreed",))
    assert entry.problem == "is not set up: set agreed (true, if its terms let you)"
    assert build([kind(Careful)], Configuration(environment={"CAREFUL_AGREED": "true"})).get("careful").enabled


def test_switched_on_without_its_key_it_is_misconfigured():
    entry = build([kind(Stage)], Configuration(providers={"stage": {"enabled": True}})).get("stage")
    assert (entry.enabled, entry.provider, entry.problem) == (True, None, "needs api_key")


def test_a_variable_of_the_environment_is_all_it_takes_and_wins_over_the_table():
    redactor = Redactor()
    configuration = Configuration(providers={"stage": {"api_key": "old"}}, environment={"STAGE_API_KEY": "swordfish"})
    registry = build([kind(Stage)], configuration, redactor=redactor)
    assert registry.enabled()["stage"].settings["api_key"] == "swordfish"
    assert redactor("swordfish") == "***"


def test_the_environment_switches_off_too():
    configuration = Configuration(environment={"STAGE_API_KEY": "swordfish", "STAGE_ENABLED": "false"})
    assert build([kind(Stage)], configuration).get("stage").problem == "switched off (enabled = false)"


def test_the_stand_in_steps_aside_for_a_real_provider_unless_it_is_named():
    kinds, key = [kind(StandIn, ours=True), kind(Stage)], {"STAGE_API_KEY": "made-up"}
    assert list(build(kinds, Configuration()).enabled()) == ["stand-in"]
    assert list(build(kinds, Configuration(environment=key)).enabled()) == ["stage"]
    assert "steps aside" in build(kinds, Configuration(environment=key)).get("stand-in").problem
    named = Configuration(environment=key, providers={"stand-in": {"enabled": True}})
    assert list(build(kinds, named).enabled()) == ["stage", "stand-in"]
    by_variable = Configuration(environment=key | {"STAND_IN_ENABLED": "1"})
    assert list(build(kinds, by_variable).enabled()) == ["stage", "stand-in"]


def test_feeds_are_as_many_as_one_likes_each_under_its_name():
    feeds = {name: {"kind": "feed", "url": f"webcal://{name}.example/a.ics"} for name in ("one", "two")}
    registry = build([kind(Feed)], Configuration(feeds=feeds))
    assert list(registry.enabled()) == ["one", "two"]
    assert registry.get("two").origin is ProviderOrigin.CONFIGURED_FEED
    assert registry.enabled()["one"].http.base_url == "https://one.example/a.ics"
    assert registry.enabled()["one"].info.slug == "one"
    assert "[feeds.<name>]" in registry.get("feed").problem
    assert Feed.info.slug == "feed", "the class's own info is as it was"


def test_a_feed_takes_what_it_does_not_say_from_its_kind_and_the_environment():
    class Keyed(Feed):
        info = replace(Feed.info, settings=(Setting(name="url"), Setting(name="api_key", secret=True, required=True)))

    feeds = {"one": {"kind": "feed", "url": "https://one.example"}}
    feeds["two"] = feeds["one"] | {"api_key": "two's own"}
    configuration = Configuration(
        feeds=feeds, providers={"feed": {"timeout_seconds": 3}}, environment={"FEED_API_KEY": "for all"}
    )
    enabled = build([kind(Keyed)], configuration).enabled()
    assert [enabled[name].settings["api_key"] for name in ("one", "two")] == ["for all", "two's own"]


def test_a_setting_may_change_who_a_provider_is():
    class Mirrored(Feed):
        info = replace(Feed.info, base_url="https://api.example", settings=(Setting(name="mirror", kind=bool),))

        @classmethod
        def configured(cls, settings):
            return replace(cls.info, base_url="https://mirror.example") if settings["mirror"] else cls.info

    feeds = {"one": {"kind": "feed"}, "two": {"kind": "feed", "mirror": True}}
    enabled = build([kind(Mirrored)], Configuration(feeds=feeds)).enabled()
    assert [enabled[name].http.base_url for name in ("one", "two")] == ["https://api.example", "https://mirror.example"]
    assert enabled["two"].info.slug == "two"


def test_where_each_comes_from_is_known():
    kinds = [kind(StandIn, ours=True), replace(kind(Stage), ours=True)]
    origins = {entry.slug: entry.origin for entry in build(kinds, Configuration()).entries}
    assert origins == {"stand-in": ProviderOrigin.EMBEDDED, "stage": ProviderOrigin.BUILT_IN}


async def test_all_are_closed_though_one_fails_to():
    closed = []

    class Stubborn(StandIn):
        info = Info(slug="stubborn", title="Stubborn")

        async def aclose(self):
            raise RuntimeError

    class Willing(StandIn):
        info = Info(slug="willing", title="Willing")

        async def aclose(self):
            closed.append(self.info.slug)

    await build([kind(Stubborn), kind(Willing)], Configuration()).aclose()
    assert closed == ["willing"]


async def test_a_transport_stands_between_a_provider_and_the_network():
    class Asking(StandIn):
        info = Info(slug="asking", title="Asking", base_url="https://asking.example")

    asked = []

    def answer(request):
        asked.append(str(request.url))
        return httpx.Response(200)

    transports = {"asking": httpx.MockTransport(answer)}
    registry = build([kind(Asking), kind(StandIn)], Configuration(), transports=transports)
    await registry.enabled()["asking"].http.send(Request(path="events"))
    assert asked == ["https://asking.example/events"]
    await registry.aclose()


def identity(package="open-stage 1.0", version="1", provider_class=None, **table):
    class Stage(provider_class or StandIn):
        info = Info(
            slug="stage",
            title="Stage",
            version=version,
            base_url="https://stage.example",
            settings=(Setting(name="api_key", secret=True), Setting(name="towns", kind=list, default=[])),
        )

    registry = build([kind(Stage, package)], Configuration(providers={"stage": table}))
    entry = registry.get("stage")
    assert entry.identity not in repr(entry)
    return entry.identity


def test_two_are_the_same_provider_where_the_same_questions_have_the_same_answers():
    same = identity(api_key="one key", towns=["Oslo"])
    assert identity(api_key="one key", towns=["Oslo"], requests_per_second=9.0, timeout_seconds=1.0) == same
    others = [
        identity(api_key="another key", towns=["Oslo"]),
        identity(api_key="one key", towns=["Oslo", "Rome"]),
        identity(api_key="one key", towns=["Oslo"], base_url="https://elsewhere.example"),
        identity(api_key="one key", towns=["Oslo"], package="open-stage 1.1"),
        identity(api_key="one key", towns=["Oslo"], version="2"),
    ]
    assert len({same, *others}) == 6


def test_feeds_of_one_kind_are_providers_of_their_own():
    feeds = {
        name: {"kind": "icalendar", "url": f"https://club.example/{path}", "time_zone": "Europe/Oslo"}
        for name, path in (("jazz", "a.ics"), ("folk", "b.ics"), ("again", "a.ics"))
    }
    registry = build(discover(), Configuration(feeds=feeds))
    assert len({registry.get(name).identity for name in feeds}) == 3
