import pytest

from providers import Address, address_parts, read_address


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
        ("1 Peachtree St, Atlanta, Georgia", Address()),
        ("upstairs, on the left", Address()),
        ("", Address()),
    ],
)
def test_what_plainly_is_an_address_is_read_and_nothing_is_guessed(text, address):
    assert read_address(address_parts(text)) == address
