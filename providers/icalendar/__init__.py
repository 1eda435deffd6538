"""iCalendar feeds (RFC 5545): any `.ics` or `webcal:` address, without a key.

text        bytes -> blocks of unfolded lines
zones       TZID -> tzinfo
component   a VEVENT's lines -> its times, its rules and what it says
describe    what it says -> a Listing without its time
series      components -> listings, recurrences within a window
feed        the provider: one fetch serves every search
"""

from providers.icalendar.feed import ICalendar

__all__ = ["ICalendar"]
