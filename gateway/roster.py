"""The providers of this gateway as the rest of it sees them: who they are, how they are, and how to ask them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from gateway.health import HealthRecord, ProviderHealth, ProviderStatus
from gateway.ids import Kind, Ref
from gateway.quarantine import Quarantine
from providers import Attribution, Capability, Enrolled, Limits, Provider, ProviderOrigin, Quota, Redactor, Registry


class Member:
    """One enrolled provider; the attributes are those of `Provider` in the schema."""

    def __init__(self, enrolled: Enrolled, clock: Callable[[], datetime]) -> None:
        info = enrolled.info
        self.id = Ref(Kind.PROVIDER, info.slug).encode()
        self.slug = info.slug
        self.name = info.title
        self.homepage = info.homepage
        self.origin: ProviderOrigin = enrolled.origin
        self.version = info.version
        self.package = enrolled.package
        self.identity = enrolled.identity
        self.capabilities = tuple(sorted(info.capabilities, key=lambda capability: capability.name))
        self.limits: Limits = info.limits
        # Whose word counts first where several know a thing: who sells knows it best.
        self.rank = 0 if Capability.OFFERS in info.capabilities else 1
        self.countries = info.countries or None
        self.attribution: Attribution | None = info.attribution
        self.missing_settings = enrolled.missing
        self.enabled = enrolled.enabled
        self.provider: Provider | None = enrolled.provider
        self.problem = enrolled.problem
        self.record = HealthRecord(info.slug, clock)
        self.quarantine = Quarantine(info.slug, clock)
        self.redact = Redactor(*enrolled.secrets)
        self._clock = clock

    @property
    def health(self) -> ProviderHealth:
        """How it is now."""
        if self.provider is not None:
            health = self.quarantine.upon(self.record.read())
            return replace(health, quota_remaining=self.quota.remaining) if self.quota else health
        status = ProviderStatus.MISCONFIGURED if self.enabled else ProviderStatus.DISABLED
        return ProviderHealth(status=status, message=self.problem, checked_at=self._clock())

    @property
    def quota(self) -> Quota | None:
        """What its upstream says is left of its quota, where it says so."""
        quota = getattr(getattr(self.provider, "http", None), "quota", None)
        return quota if isinstance(quota, Quota) else None


class Roster:
    """Every member by slug, those that are asked and those that are not."""

    def __init__(self, registry: Registry, clock: Callable[[], datetime]) -> None:
        self._members = {entry.slug: Member(entry, clock) for entry in registry.entries}

    def all(self) -> list[Member]:
        """Every member, by slug."""
        return list(self._members.values())

    def get(self, slug: str) -> Member | None:
        """The member of that name."""
        return self._members.get(slug)

    def enabled(self) -> list[Member]:
        """Those whom the operator wants asked, the misconfigured among them."""
        return [member for member in self._members.values() if member.enabled]
