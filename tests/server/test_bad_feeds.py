"""A feed that cannot be meant so stops the start with one line; one that is merely unwell does not."""

import pytest

from server.cli import main

FEED = '[feeds.club]\nkind = "icalendar"\nurl = "https://club.example.org/a.ics"\n'


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('time_zone = "Mars/Base"', "feeds.club.time_zone: 'Mars/Base' is not an IANA time zone"),
        ("horizon_days = 0", "feeds.club.horizon_days: wants a number from 1"),
        ('event_type = "PARTY"', "feeds.club.event_type: wants one of MUSIC"),
        ('colour = "red"', "feeds.club.colour: no such key"),
    ],
)
def test_a_bad_value_of_a_feed_is_one_line_and_status_2(tmp_path, monkeypatch, capsys, line, said):
    path = tmp_path / "gateway.toml"
    path.write_text(FEED + line, encoding="utf-8")
    monkeypatch.setenv("GATEWAY_CONFIG", str(path))
    assert main(["providers", "list"]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"event-gateway: {said}")
    assert error.count("\n") == 1


def test_a_good_feed_is_asked(tmp_path, monkeypatch, capsys):
    path = tmp_path / "gateway.toml"
    path.write_text(FEED, encoding="utf-8")
    monkeypatch.setenv("GATEWAY_CONFIG", str(path))
    assert main(["providers", "list"]) == 0
    assert "club          yes    configured feed" in capsys.readouterr().out
