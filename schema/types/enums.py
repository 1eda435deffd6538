"""The enums of the API: those of the gateway and of the provider kit, with what each means."""

from __future__ import annotations

from enum import Enum, auto
from typing import TypeVar

import strawberry

from gateway.accounts import AuthErrorCode, FavouriteErrorCode, FavouriteKind, MatchErrorCode
from gateway.dates import DatePreset, Weekday
from gateway.favourites import FavouriteState
from gateway.health import ProviderStatus
from gateway.reports import CountRelation, ProviderEndReason, ProviderReportStatus, WarningCode
from gateway.search import Sort
from providers import (
    Capability,
    DatePrecision,
    EventAttendanceMode,
    EventStatus,
    EventType,
    OfferAvailability,
    OfferKind,
    PerformanceRole,
    PerformerKind,
    ProviderOrigin,
)

EnumType = TypeVar("EnumType", bound=type[Enum])


def _enum(enum: EnumType, description: str, *, name: str | None = None) -> EnumType:
    marked: EnumType = strawberry.enum(enum, name=name, description=description)
    return marked


EventSort = Sort


class DistanceUnit(Enum):
    """What distances are measured in."""

    KILOMETER = auto()
    MILE = auto()


KILOMETERS = {DistanceUnit.KILOMETER: 1.0, DistanceUnit.MILE: 1.609344}


_enum(
    EventSort,
    "In which order events come; of a day, those without a time come last. By start, every event is reached, page by "
    "page. The others put in order what each provider lists first by start, a few hundred events, and say by "
    "RESULTS_TRUNCATED where one has more; events of which the value is not known come last, equals by start. "
    "DISTANCE_ASC needs `filter.near`, RELEVANCE `filter.keyword`, PRICE_ASC `filter.price.currency`.",
    name="EventSort",
)
_enum(DistanceUnit, "What distances are measured in.")
_enum(EventStatus, "Whether it takes place as planned: schema.org's EventStatusType.")
_enum(EventAttendanceMode, "Where one attends: schema.org's EventAttendanceModeEnumeration.")
_enum(EventType, "schema.org Event subtypes the gateway distinguishes.")
_enum(DatePrecision, "How exactly the start is known.")
_enum(OfferAvailability, "schema.org's ItemAvailability, reduced.")
_enum(OfferKind, "Who sells, or how one gets in.")
_enum(PerformerKind, "What kind of performer it is.")
_enum(PerformanceRole, "A performer's part in one event.")
_enum(DatePreset, "Ranges of dates that have a name; days are those of `timeZone`, else of each venue.")
_enum(Weekday, "Days of the week.")
_enum(ProviderStatus, "What can be expected of a provider now.")
_enum(Capability, "What a provider can filter, sort or deliver by itself.", name="ProviderCapability")
_enum(ProviderOrigin, "Where a provider comes from.")
_enum(ProviderReportStatus, "How a provider answered one search.")
_enum(
    ProviderEndReason,
    "Why a provider has nothing more to give: EXHAUSTED, it has given all; CAPPED, its own limit or that of the order "
    "was met; QUOTA, it was asked too often; ERROR, it failed.",
)
_enum(WarningCode, "Stable codes of partial failures.")
_enum(CountRelation, "What a count means: exact, a lower bound, or nothing.")
_enum(FavouriteKind, "What can be a favourite.")
_enum(
    FavouriteState,
    "How it stands with a favourite: LISTED, a provider lists it; GONE, none does any more; UNKNOWN, its provider does "
    "not answer now.",
)
_enum(AuthErrorCode, "What is wrong with a request about accounts. UNAVAILABLE: nothing; try again in a moment.")
_enum(FavouriteErrorCode, "What is wrong with a request about favourites. UNAVAILABLE: nothing; try again in a moment.")
_enum(
    MatchErrorCode,
    "What is wrong with what somebody says of two records. SAME_PROVIDER: a provider knows best what it lists; OVERRULED: an "
    "operator has undone it; UNAVAILABLE: nothing; try again in a moment.",
)
