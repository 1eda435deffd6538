"""What the server tells whoever counts, besides what the engine does: operations, answers, and how it stands.

`server/metrics.py` counts for Prometheus; `UNCOUNTED` is for everybody who wants no figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Protocol

from gateway.accounts import Connections
from gateway.measures import Measures, Silent
from gateway.roster import Member
from schema import Build


class OperationOutcome(StrEnum):
    """How a GraphQL operation ended: whole, without some provider's part, or by whose mistake."""

    OK = auto()
    PARTIAL = auto()
    CLIENT_ERROR = auto()
    SERVER_ERROR = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredOperation:
    """A GraphQL operation that is over; `upstream_seconds` of its `seconds` it waited for at least one provider.

    ran: whether its document was right. `name` and `type` are None where it could not be read.
    """

    name: str | None
    type: str | None
    outcome: OperationOutcome
    ran: bool
    seconds: float
    upstream_seconds: float
    upstream_requests: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """An HTTP request that is over. `route`: the pattern that its path fits; None for a path of ours that there is not."""

    route: str | None
    method: str
    status: int


class Counts(Measures, Protocol):
    """Told as things happen. Nothing that it does may raise or wait."""

    def built(self, build: Build, revision: str, /) -> None:
        """This is which gateway it is."""

    def ready(self, ready: bool, /) -> None:  # noqa: FBT001 - a fact, told by position
        """It takes requests from now on, or no more."""

    def operation_begun(self) -> None:
        """A GraphQL request has come."""

    def operation_answered(self, operation: AnsweredOperation, /) -> None:
        """And is answered."""

    def http_answered(self, answer: HttpAnswer, /) -> None:
        """An HTTP request is answered, GraphQL or not."""

    def listening(self, listeners: int, /) -> None:
        """So many streams are being followed now."""

    def stock_taken(self, members: Sequence[Member], connections: Connections, /) -> None:
        """This is how the providers and the database's connections stand."""


class Uncounted(Silent):
    """Counts nothing."""

    def built(self, build: Build, revision: str, /) -> None:
        """Nobody asked."""

    def ready(self, ready: bool, /) -> None:  # noqa: FBT001 - as the protocol has it
        """Nobody asked."""

    def operation_begun(self) -> None:
        """Nobody asked."""

    def operation_answered(self, operation: AnsweredOperation, /) -> None:
        """Nobody asked."""

    def http_answered(self, answer: HttpAnswer, /) -> None:
        """Nobody asked."""

    def listening(self, listeners: int, /) -> None:
        """Nobody asked."""

    def stock_taken(self, members: Sequence[Member], connections: Connections, /) -> None:
        """Nobody asked."""


UNCOUNTED: Counts = Uncounted()
