from __future__ import annotations

import pytest

from server.operation_names import OperationNames


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Tonight", "Tonight"),
        ("_a1", "_a1"),
        ("N" * 60, "N" * 60),
        ("N" * 61, "other"),
        ("with space", "other"),
        ("ünlaut", "other"),
        ("line\n", "other"),
        ("", "anonymous"),
        (None, "anonymous"),
    ],
)
def test_a_name_that_fits_is_its_own_label(name: str | None, label: str) -> None:
    assert OperationNames().label(name, ran=True) == label


def test_the_first_names_stay_and_later_ones_are_other() -> None:
    names = OperationNames(most=2)
    assert [names.label(name, ran=True) for name in "ABCA"] == ["A", "B", "other", "A"]


def test_a_name_is_kept_once_it_ran_and_then_holds_for_what_does_not_run() -> None:
    names = OperationNames()
    assert [names.label("A", ran=ran) for ran in (False, True, False)] == ["other", "A", "A"]
