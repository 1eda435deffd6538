"""The demo: seven sellers that tell of one made-up world, each in its own way.

    with DemoUpstreams(date.today()) as upstreams:
        ...  # a gateway with upstreams.providers and upstreams.feeds as its tables

`world` is what happens; a file for each seller says what it tells of that; `upstreams` starts them.
"""

from providers.testing.demo.upstreams import RATE_LIMITED, SLOW, DemoUpstreams
from providers.testing.demo.world import Happening, happenings

__all__ = ["RATE_LIMITED", "SLOW", "DemoUpstreams", "Happening", "happenings"]
