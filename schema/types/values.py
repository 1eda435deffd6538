"""Small things without an id: places, pictures, genres, addresses."""

from __future__ import annotations

import strawberry

from providers import Image as ListedImage
from schema.context import Info
from schema.scalars import URL, CountryCode, TimeZone


@strawberry.interface(description="An object with a global id. Ids are opaque; never parse them.")
class Node:
    """Relay's Node."""

    id: strawberry.ID = strawberry.field(description="Global id: the same today and tomorrow, and opaque.")


@strawberry.type(description="A picture.")
class Image:
    """A picture."""

    url: URL = strawberry.field(description="Where it is.")
    width: int | None = strawberry.field(description="In pixels, where known.")
    height: int | None = strawberry.field(description="In pixels, where known.")
    caption: str | None = strawberry.field(description="What it shows.")
    license: str | None = strawberry.field(description="On what terms it may be used.")
    credit_text: str | None = strawberry.field(description="Whom to credit.")

    @strawberry.field(
        description="The same picture at this gateway, so that its host does not hear who looks at it. Where it cannot be "
        "had, the answer is empty."
    )
    def proxied_url(self, root: strawberry.Parent[ListedImage], info: Info) -> URL:
        """At this gateway's public address."""
        return URL(info.context.picture_of(root.url))


@strawberry.type(description="Who puts an event on.")
class Organization:
    """Who puts an event on."""

    name: str = strawberry.field(description="Its name.")
    url: URL | None = strawberry.field(description="Its page.")


@strawberry.type(description="A genre, in a tree of genres.")
class Genre:
    """A genre."""

    slug: str = strawberry.field(description="Stable slug, e.g. `indie-rock`.")
    name: str = strawberry.field(description="What people call it, in English.")
    parent: Genre | None = strawberry.field(description="The wider genre; filters by it include this one.")


@strawberry.type(description="A point on the earth (WGS 84), in degrees.")
class GeoCoordinates:
    """A point."""

    latitude: float = strawberry.field(description="North is positive.")
    longitude: float = strawberry.field(description="East is positive.")
    accuracy_meters: int | None = strawberry.field(
        description="Uncertainty of the point in metres; 5000 or more means city level."
    )


@strawberry.type(description="Where post is sent to.")
class PostalAddress:
    """schema.org's PostalAddress."""

    street_address: str | None = strawberry.field(description="Street and number.")
    address_locality: str | None = strawberry.field(description="Town or city.")
    address_region: str | None = strawberry.field(description="State, canton or county.")
    postal_code: str | None = strawberry.field(description="Postal code.")
    address_country: CountryCode | None = strawberry.field(description="Country.")
    formatted: str = strawberry.field(description="All that is known of it, in one line.")


@strawberry.type(description="A town or city, from GeoNames (https://www.geonames.org, CC BY 4.0).")
class Place:
    """A town or city."""

    name: str = strawberry.field(description="Its name.")
    address_region: str | None = strawberry.field(description="State, canton or county.")
    address_country: CountryCode = strawberry.field(description="Country.")
    geo: GeoCoordinates = strawberry.field(description="Its centre; give it to `near`.")
    time_zone: TimeZone | None = strawberry.field(description="Its time zone.")
    population: int | None = strawberry.field(description="How many people live there.")


@strawberry.type(description="The same thing's id elsewhere.")
class ExternalId:
    """An id elsewhere."""

    scheme: str = strawberry.field(description="`musicbrainz`, `wikidata`, `spotify`, `osm`, ...")
    value: str = strawberry.field(description="The id.")
    url: URL | None = strawberry.field(description="Its page there.")
