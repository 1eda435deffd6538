"""What each order of a list is to a search under way: a page's worth of reading, and the places to go on from."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

from gateway.cursor import Bookmark
from gateway.fanout import Deadline
from gateway.part import Part
from gateway.reports import Count
from gateway.stream import Group


class Order(Protocol):
    """Reads providers' lists, and gives out their events in one order, from a bookmark on."""

    @property
    def parts(self) -> Sequence[Part]:
        """Each provider's part."""

    @property
    def given(self) -> Sequence[Group]:
        """What the page holds so far."""

    @property
    def has_next(self) -> bool:
        """Whether more follows."""

    def progress(self, first: int, deadline: Deadline) -> AsyncGenerator[Part, None]:
        """Read what the next `first` events take; each part as it has read on."""

    def outlook(self, first: int) -> Sequence[Group]:
        """What is to be shown while it is read: what the page would hold, or what is sure to stand first on it."""

    def behind(self, group: Group) -> Bookmark:
        """The place behind an event of the page."""

    def end(self, first: int) -> Bookmark | None:
        """Where to go on: behind the last event, or further where what follows was read and holds nothing."""

    def count(self) -> Count:
        """What can be said about the size of the whole list."""
