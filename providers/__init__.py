"""The public door for plugin authors: everything that a provider needs is imported from here.

    from providers import Capability, Info, JSONProvider, Listing, Request, When

The kit for testing a provider is `providers.testing`.
"""

from providers.sdk.at_once import at_once
from providers.sdk.base import Attribution, Info, Limits, Provider, Setting
from providers.sdk.capabilities import Capability
from providers.sdk.countries import country_code, zone_of_country
from providers.sdk.documents import Document, Flights
from providers.sdk.errors import (
    Malformed,
    Misconfigured,
    ProviderError,
    RateLimited,
    Refused,
    TimedOut,
    Unavailable,
)
from providers.sdk.filters import matches
from providers.sdk.geohash import geohash
from providers.sdk.http import Answer, Http, Request
from providers.sdk.json import JSONProvider, Record, error_body
from providers.sdk.kinds import event_type_of
from providers.sdk.model import (
    Address,
    EventAttendanceMode,
    EventStatus,
    EventType,
    ExternalId,
    Image,
    Key,
    Listing,
    Offer,
    OfferAvailability,
    OfferKind,
    Organization,
    PerformanceRole,
    Performer,
    PerformerKind,
    Place,
    Point,
    Venue,
)
from providers.sdk.operator import (
    checked_setting,
    country_setting,
    event_type_setting,
    whole_number_setting,
    zone_setting,
)
from providers.sdk.outside import (
    amount_in,
    code_in,
    first_of,
    id_in,
    instant_in,
    moment_in,
    object_in,
    objects_in,
    point_in,
    possible_ids,
    text_in,
    texts_in,
    web_address_in,
    whole_number_in,
    zone_in,
)
from providers.sdk.paging import Batch, DateWindows, Paging, Snapshot, Step, Walk, page_of
from providers.sdk.places import address_parts, read_address
from providers.sdk.query import Box, Circle, ListingQuery, Page, distance_km
from providers.sdk.quota import Quota
from providers.sdk.redact import Redactor
from providers.sdk.registry import Configuration, Enrolled, Kind, ProviderOrigin, Registry, build, discover
from providers.sdk.resilience import Patience
from providers.sdk.settings import SettingError, common_settings
from providers.sdk.steps import Steps
from providers.sdk.tally import Tally, counting
from providers.sdk.text import fold, id_by_name, plain, slug
from providers.sdk.when import DatePrecision, When, zone

__all__ = [
    "Address",
    "Answer",
    "Attribution",
    "Batch",
    "Box",
    "Capability",
    "Circle",
    "Configuration",
    "DatePrecision",
    "DateWindows",
    "Document",
    "Enrolled",
    "EventAttendanceMode",
    "EventStatus",
    "EventType",
    "ExternalId",
    "Flights",
    "Http",
    "Image",
    "Info",
    "JSONProvider",
    "Key",
    "Kind",
    "Limits",
    "Listing",
    "ListingQuery",
    "Malformed",
    "Misconfigured",
    "Offer",
    "OfferAvailability",
    "OfferKind",
    "Organization",
    "Page",
    "Paging",
    "Patience",
    "PerformanceRole",
    "Performer",
    "PerformerKind",
    "Place",
    "Point",
    "Provider",
    "ProviderError",
    "ProviderOrigin",
    "Quota",
    "RateLimited",
    "Record",
    "Redactor",
    "Refused",
    "Registry",
    "Request",
    "Setting",
    "SettingError",
    "Snapshot",
    "Step",
    "Steps",
    "Tally",
    "TimedOut",
    "Unavailable",
    "Venue",
    "Walk",
    "When",
    "address_parts",
    "amount_in",
    "at_once",
    "build",
    "checked_setting",
    "code_in",
    "common_settings",
    "counting",
    "country_code",
    "country_setting",
    "discover",
    "distance_km",
    "error_body",
    "event_type_of",
    "event_type_setting",
    "first_of",
    "fold",
    "geohash",
    "id_by_name",
    "id_in",
    "instant_in",
    "matches",
    "moment_in",
    "object_in",
    "objects_in",
    "page_of",
    "plain",
    "point_in",
    "possible_ids",
    "read_address",
    "slug",
    "text_in",
    "texts_in",
    "web_address_in",
    "whole_number_in",
    "whole_number_setting",
    "zone",
    "zone_in",
    "zone_of_country",
    "zone_setting",
]
