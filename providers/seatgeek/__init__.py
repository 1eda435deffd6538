"""SeatGeek: `adapter` asks its Platform API, `records` reads what comes back, `kinds` and `countries` translate."""

from providers.seatgeek.adapter import SeatGeek

__all__ = ["SeatGeek"]
