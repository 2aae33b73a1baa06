"""How use is laid out."""

from plugins.analytics import rules


def test_a_week_has_seven_rows_and_night_hours_stand_together() -> None:
    rows = rules.by_weekday({"1-00": 1, "1-05": 2, "1-06": 4, "7-19": 8, "7-20": 16, "7-23": 32})
    assert [name for name, _ in rows] == list(rules.WEEKDAYS)
    monday, sunday = rows[0][1], rows[6][1]
    assert (monday[0], monday[1], monday[2]) == (3, 4, None)
    assert (sunday[-2], sunday[-1]) == (8, 48)
    assert len(monday) == len(rules.HOURS)
