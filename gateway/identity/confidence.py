"""What a score is worth: how often two claims with such a score are of one event.

A logistic curve, fitted on the development split of the corpus; `make identity-calibration` fits it again.
"""

from __future__ import annotations

from math import exp

# Fitted, not chosen.
SLOPE, MIDDLE = 1.55, 1.23


def confidence_of(score: float) -> float:
    """0 to 1."""
    return 1 / (1 + exp(min(60.0, -SLOPE * (score - MIDDLE))))
