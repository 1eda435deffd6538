import pytest

from providers import Address, address_parts, country_code, read_address


@pytest.mark.parametrize(
    ("name", "code"),
    [("Deutschland", "DE"), ("de", "DE"), (" us ", "US"), ("UK", "GB"), ("U.S.A.", None), ("Narnia", None), ("", None)],
)
def test_a_country_is_known_by_its_name_or_its_code(name, code):
    assert country_code(name) == code


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (
            "Ring 1, 10115 Berlin, Germany",
            Address(street="Ring 1", locality="Berlin", postal_code="10115", country="DE"),
        ),
        ("Ring 1 (A-1010 Wien)", Address(street="Ring 1", locality="Wien", postal_code="1010")),
        (
            "7 Main St\nElmira\nNY 14901",
            Address(street="7 Main St", locality="Elmira", region="NY", postal_code="14901", country="US"),
        ),
        ("Paris, France", Address(country="FR")),
        ("upstairs, on the left", Address()),
        ("", Address()),
    ],
)
def test_what_plainly_is_an_address_is_read_and_nothing_is_guessed(text, address):
    assert read_address(address_parts(text)) == address
