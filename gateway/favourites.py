"""What somebody keeps, beside what is on: saved with what is known of it, and followed from then on.

A provider that is down, drops an event or renames it takes nothing away: what was saved is shown, with how it stands.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from uuid import UUID

from gateway.accounts import (
    DatabaseUnavailable,
    FavouriteError,
    FavouriteErrorCode,
    FavouriteKind,
    FavouriteStore,
    Kept,
    Subject,
    checked_note,
)
from gateway.catalogue import Catalogue
from gateway.errors import Unanswered
from gateway.event import Event, Performer, Venue
from gateway.facts import Thing, subject_of
from gateway.favourite import Favourite, FavouritePage, FavouritePageInfo, place_of
from gateway.ids import Kind, Ref
from gateway.page import EventPage
from gateway.search import Search

# Somewhere it still is yesterday.
STILL_ON = timedelta(days=1)


class FavouriteState(Enum):
    """How it stands with something that is kept."""

    LISTED = auto()
    GONE = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a favourite stands: `subject` as it is now where it is LISTED, and what is known of it in any case."""

    kept: Kept
    subject: Thing | None
    state: FavouriteState


class Favourites:
    """Favourites of users, by the id of their user."""

    def __init__(self, catalogue: Catalogue, store: FavouriteStore, clock: Callable[[], datetime]) -> None:
        self._catalogue = catalogue
        self._store = store
        self._clock = clock

    async def add(self, user_id: UUID, ref: Ref, note: str | None) -> Favourite:
        """Keep it. Keeping it again changes nothing but the note, and that only where there is a new one.

        Raises:
            FavouriteError: KIND_NOT_SUPPORTED, NOT_FOUND, NOTE_TOO_LONG, LIMIT_REACHED, or PROVIDER_FAILED where its
                provider cannot say what it is.
        """
        kind, written = _kind(ref), checked_note(note)
        found = (await self._find([ref])).get(ref)
        if isinstance(found, Event | Venue | Performer):
            return Favourite(await self._store.keep(user_id, subject_of(kind, found), written, self._clock()))
        held = await self._store.holding(user_id, ref)
        if held is not None:
            noted = await self._store.annotate(user_id, held.favourite_id, written) if written else held
            return Favourite(noted or held)
        if found is None:
            raise FavouriteError(
                FavouriteErrorCode.NOT_FOUND, "There is no such thing any more, or never was.", field="subjectId"
            )
        raise FavouriteError(
            FavouriteErrorCode.PROVIDER_FAILED, f"{found}; please try again in a moment.", field="subjectId"
        )

    async def remove(self, user_id: UUID, ref: Ref) -> str | None:
        """Keep it no longer; `ref` names it, or the favourite. The favourite's id, None where there was none.

        Raises:
            FavouriteError: KIND_NOT_SUPPORTED.
        """
        if ref.kind is Kind.FAVOURITE:
            favourite_id = _uuid(ref.id)
            removed = await self._store.drop(user_id, favourite_id) if favourite_id else None
        else:
            _kind(ref)
            removed = await self._store.drop(user_id, ref)
        return Ref(Kind.FAVOURITE, "", removed.hex).encode() if removed else None

    async def update(self, user_id: UUID, favourite: Ref, note: str | None) -> Favourite:
        """Set the note, or take it away.

        Raises:
            FavouriteError: NOT_FOUND or NOTE_TOO_LONG.
        """
        written = checked_note(note)
        favourite_id = _uuid(favourite.id)
        kept = await self._store.annotate(user_id, favourite_id, written) if favourite_id else None
        if kept is None:
            raise FavouriteError(FavouriteErrorCode.NOT_FOUND, "This favourite is not there any more.", field="id")
        return Favourite(kept)

    async def one(self, user_id: UUID, favourite: Ref) -> Favourite | None:
        """That one, where it is theirs."""
        favourite_id = _uuid(favourite.id)
        kept = await self._store.one(user_id, favourite_id) if favourite_id else None
        return Favourite(kept) if kept else None

    async def page(
        self,
        user_id: UUID,
        first: int,
        *,
        after: str | None = None,
        kinds: Collection[FavouriteKind] = (),
        upcoming_only: bool = False,
    ) -> FavouritePage:
        """The newest `first` behind `after`.

        Raises:
            CursorInvalid: `after` is no cursor of favourites.
        """
        page = await self._store.page(
            user_id,
            first,
            after=place_of(after) if after is not None else None,
            kinds=kinds,
            upcoming_from=self._clock() if upcoming_only else None,
        )
        nodes = tuple(Favourite(kept) for kept in page.rows)
        return FavouritePage(
            nodes=nodes,
            page_info=FavouritePageInfo(
                has_next_page=page.has_next,
                has_previous_page=after is not None,
                start_cursor=nodes[0].cursor if nodes else None,
                end_cursor=nodes[-1].cursor if nodes else None,
            ),
            total_count=page.total,
        )

    async def among(self, user_id: UUID, refs: Iterable[Ref]) -> set[Ref]:
        """Which of these they keep."""
        return await self._store.among(user_id, refs)

    async def standings(self, kept: Sequence[Kept]) -> list[Standing]:
        """How these stand now: one batched request a provider for all. What has changed is taken note of."""
        found = await self._find([ref for each in kept for ref in each.refs])
        standings = [_standing(each, found) for each in kept]
        news = {each.kept.favourite_id: subject_of(each.kept.kind, each.subject) for each in standings if each.subject}
        changed = [(each, news[each.favourite_id]) for each in kept if _is_news(each, news.get(each.favourite_id))]
        if not changed:
            return standings
        now = self._clock()
        try:
            await self._store.learn(changed, now)
        except DatabaseUnavailable:
            return standings  # the next reader will see it, too
        updated = {before.favourite_id: _updated(before, subject, now) for before, subject in changed}
        return [replace(each, kept=updated.get(each.kept.favourite_id, each.kept)) for each in standings]

    async def agenda(self, user_id: UUID, search: Search, first: int, *, after: str | None = None) -> EventPage:
        """The next `first` events of the search among those that they keep, and at venues and with performers they keep.

        Raises:
            CursorInvalid, CursorExpired: `after` cannot be gone on from.
        """
        rows = await self._store.all(user_id)
        since, _ = search.dates.bounds(self._clock())
        refs = [ref for kept in rows if not _is_before(kept, since) for ref in kept.refs]
        return await self._catalogue.agenda(user_id, refs, search, first=first, after=after)

    async def events_of(self, user_id: UUID) -> list[Standing]:
        """All events that they keep. Those that are over are told as they were last heard of."""
        rows = await self._store.all(user_id, [FavouriteKind.EVENT])
        since = self._clock() - STILL_ON
        current = [kept for kept in rows if kept.starts_at is None or kept.starts_at >= since]
        over = [kept for kept in rows if kept.starts_at is not None and kept.starts_at < since]
        settled = [Standing(kept=kept, subject=None, state=FavouriteState.UNKNOWN) for kept in over]
        return [*await self.standings(current), *settled]

    async def _find(self, refs: Sequence[Ref]) -> dict[Ref, Thing | Unanswered]:
        """What these records are of. Those that are gone are left out."""
        found: dict[Ref, Thing | Unanswered] = {}
        for answers in await asyncio.gather(
            self._catalogue.events(refs), self._catalogue.venues(refs), self._catalogue.performers(refs)
        ):
            found.update(answers)
        return found


def _is_before(kept: Kept, moment: datetime | None) -> bool:
    """Whether it was over by then, as far as was last heard: one that is moved is not moved from so far."""
    return moment is not None and kept.starts_at is not None and kept.starts_at < moment - STILL_ON


def _kind(ref: Ref) -> FavouriteKind:
    try:
        return FavouriteKind(ref.kind)
    except ValueError:
        msg = "Only events, performers and venues can be kept."
        raise FavouriteError(FavouriteErrorCode.KIND_NOT_SUPPORTED, msg, field="subjectId") from None


def _standing(kept: Kept, found: Mapping[Ref, Thing | Unanswered]) -> Standing:
    """By the first of its records that anybody knows."""
    answers = [found[ref] for ref in kept.refs if ref in found]
    subject = next((answer for answer in answers if not isinstance(answer, Unanswered)), None)
    if subject is not None:
        return Standing(kept=kept, subject=subject, state=FavouriteState.LISTED)
    return Standing(kept=kept, subject=None, state=FavouriteState.UNKNOWN if answers else FavouriteState.GONE)


def _is_news(kept: Kept, subject: Subject | None) -> bool:
    return subject is not None and (subject.facts, subject.starts_at) != (kept.known, kept.starts_at)


def _updated(kept: Kept, subject: Subject, now: datetime) -> Kept:
    return replace(kept, known=subject.facts, starts_at=subject.starts_at, sequence=kept.sequence + 1, changed_at=now)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(hex=text)
    except ValueError:
        return None
