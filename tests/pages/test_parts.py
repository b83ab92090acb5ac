from datetime import UTC, date, datetime, timedelta

import pytest

from conferral.pages.templatetags import parts

NOW = datetime(2026, 11, 24, 9, 12, tzinfo=parts.LONDON)


def at(hour, minute=0, *, day=24, month=11, year=2026):
    return datetime(year, month, day, hour, minute, tzinfo=parts.LONDON)


def test_dates_are_written_out():
    assert parts.written(date(2014, 12, 31)) == "31 December 2014"
    assert parts.weekday(date(2026, 11, 24)) == "Tuesday 24 November 2026"
    assert parts.short_day(date(2026, 12, 3)) == "Thu 3 December"


@pytest.mark.parametrize("words", [parts.written, parts.weekday, parts.short_day, parts.machine_datetime, parts.pounds])
def test_what_is_absent_has_no_words(words):
    assert words(None) == ""


def test_a_day_is_the_day_in_london():
    late_in_the_evening_utc = datetime(2013, 7, 31, 23, 30, tzinfo=UTC)
    assert parts.written(late_in_the_evening_utc) == "1 August 2013"
    assert parts.time_of_day(late_in_the_evening_utc) == "00:30"


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (at(12, 30), "12:30 today"),
        (at(9, 12, day=25), "09:12 tomorrow"),
        (at(14, 47, day=23), "14:47 yesterday"),
        (at(17, day=30), "17:00, Mon 30 November"),
        (at(17, day=8, month=1, year=2027), "17:00, Fri 8 January 2027"),
        (date(2026, 11, 24), "today"),
        (date(2026, 11, 27), "Fri 27 November"),
    ],
)
def test_a_due_moment_in_words(due, words):
    assert parts.moment(due, NOW) == words


@pytest.mark.parametrize(
    ("done", "words"),
    [
        (at(8, 30), "Today, 08:30"),
        (at(12, 30, day=23), "Yesterday, 12:30"),
        (at(15, 58, day=20), "Friday 20 November, 15:58"),
        (at(15, 58, day=31, month=12, year=2013), "Tuesday 31 December 2013, 15:58"),
        (date(2026, 11, 20), "Friday 20 November"),
    ],
)
def test_a_past_moment_in_words(done, words):
    assert parts.happened(done, NOW) == words


@pytest.mark.parametrize(
    ("until", "words", "urgency"),
    [
        (at(12, 30), "3 h 18 min", "soon"),
        (at(9, 57), "45 min", "soon"),
        (at(9, 12), "0 min", "soon"),
        (at(8, 52), "20 min late", "soon"),
        (at(9, 12, day=22), "2 days late", "soon"),
        (at(15, 12), "6 h 0 min", "near"),
        (at(17, day=25), "1 day", "near"),
        (at(9, 12, day=26), "2 days", "calm"),
        (date(2026, 11, 24), "14 h 48 min", "near"),
    ],
)
def test_the_time_left_and_how_loud_it_is(until, words, urgency):
    assert parts.left(until, NOW) == words
    assert parts.urgency(until, NOW) == urgency


def test_time_left_counts_the_hour_that_the_clocks_give_back():
    before, after = (
        datetime(2026, 10, 25, 0, 30, tzinfo=parts.LONDON),
        datetime(2026, 10, 25, 2, 30, tzinfo=parts.LONDON),
    )
    assert parts.left(after, before) == "3 h 0 min"
    assert parts.share_used(before, after, before + timedelta(hours=1)) == 33


@pytest.mark.parametrize(
    ("day", "words"),
    [(24, "today"), (25, "tomorrow"), (23, "yesterday"), (30, "in 6 days"), (15, "9 days ago")],
)
def test_days_from_now(day, words):
    assert parts.in_days(date(2026, 11, day), NOW) == words


@pytest.mark.parametrize(
    ("now", "share"),
    [(at(12, 30, day=23), 0), (at(0, 30), 50), (at(12, 30), 100), (at(20), 100), (at(9, day=1), 0)],
)
def test_the_share_of_time_used_stays_between_nothing_and_all(now, share):
    assert parts.share_used(at(12, 30, day=23), at(12, 30), now) == share


def test_a_span_without_length_is_used_up():
    assert parts.share_used(NOW, NOW, NOW) == 100


@pytest.mark.parametrize(
    ("number", "words"),
    [("6405088536", "640 508 8536"), ("", ""), (None, ""), ("64050", "64050"), ("7.53E+09", "7.53E+09")],
)
def test_a_learner_number_is_grouped_only_when_it_has_ten_digits(number, words):
    assert parts.uln(number) == words


@pytest.mark.parametrize(
    ("pence", "words"),
    [(2900, "£29.00"), (872900, "£8,729.00"), (5, "£0.05"), (0, "£0.00"), (-1250, "−£12.50")],
)
def test_pence_are_shown_as_pounds(pence, words):
    assert parts.pounds(pence) == words


@pytest.mark.parametrize(
    ("number", "noun", "words"),
    [
        (1, "candidate", "1 candidate"),
        (1204, "candidate", "1,204 candidates"),
        (2, "entry,entries", "2 entries"),
    ],
)
def test_things_are_counted_in_words(number, noun, words):
    assert parts.counted(number, noun) == words
