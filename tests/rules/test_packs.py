from datetime import date
from pathlib import Path

import pytest

from conferral.rules.packs import Fault, pack_faults, read_pack

ROOT = Path(__file__).parent.parent.parent
SHIPPED = [read_pack(path.read_text(encoding="utf-8"), path.name) for path in sorted((ROOT / "packs").glob("*.toml"))]
SCHEMES = {scheme.code: scheme for pack in SHIPPED for scheme in pack.schemes}
UNITS = {unit.code: unit for pack in SHIPPED for unit in pack.units}

GOOD = """\
[sources.faq]
title = "Questions and answers"
publisher = "An awarding organisation"

[[unit]]
urn = "F/601/1609"
title = "Speak"
level = 1
credit = 4
clause = "faq 1"

[[unit]]
urn = "A/506/2130"
title = "Listen"
level = 2
credit = 5
clause = "faq 1"

[[unit]]
code = "DEMO-3"
title = "Demonstration unit 3"
level = 2
demonstration = true
note = "Stands in for a unit whose number is not known."

[[scheme]]
code = "00001"
title = { value = "Speaking", clause = "faq 2" }
level = { value = 2, clause = "faq 2" }
qan = { value = "500/9341/1", clause = "faq 2" }
route = { value = "postal", clause = "faq 2" }
last_registration = { on = 2013-12-31, clause = "faq 3", reading = "inclusive", decided_by = "house" }
final_certification = { on = 2014-12-31, clause = "faq 3" }
evidence = [
  { kind = "automatic", clause = "faq 4" },
  { kind = "unit_proof", from = 2012-09-01, clause = "faq 4" },
]
alternatives = [{ text = "An apprenticeship", clause = "faq 5" }]

[scheme.combination]
constraints = [
  { group = "A", measure = "units", minimum = 1, clause = "faq 6" },
  { group = "B", measure = "credits", minimum = 4, maximum = 9, clause = "faq 6" },
  { group = "whole", measure = "credits", level_at_least = 2, minimum = 5, clause = "faq 6" },
]

[[scheme.combination.groups]]
name = "A"
title = "Mandatory"
units = ["A/506/2130"]
clause = "faq 6"

[[scheme.combination.groups]]
name = "B"
title = "Optional"
units = ["F/601/1609"]
unconfirmed = ["F/601/1609"]
clause = "faq 6"
"""


def faults_of(text: str) -> tuple[Fault, ...]:
    return pack_faults([read_pack(text, "bad.toml")])


def with_change(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


def test_a_good_pack_has_no_fault():
    assert faults_of(GOOD) == ()


def test_a_good_pack_is_read_as_written():
    pack = read_pack(GOOD, "good.toml")
    (scheme,) = pack.schemes
    assert scheme.last_registration is not None
    assert scheme.last_registration.value == date(2013, 12, 31)
    assert scheme.last_registration.decided_by == "house"
    assert [(row.kind, row.from_on) for row in scheme.evidence] == [
        ("automatic", None),
        ("unit_proof", date(2012, 9, 1)),
    ]
    assert [scheme.combination.is_mandatory(group) for group in scheme.combination.groups] == [True, False]
    assert [unit.code for unit in pack.units] == ["F/601/1609", "A/506/2130", "DEMO-3"]


def test_criteria_may_be_given():
    criteria = 'criteria = [{ number = "1.1", outcome = 1, text = "Say it.", verb = "say" }]\n[[unit]]\ncode'
    (criterion,) = read_pack(with_change("[[unit]]\ncode", criteria), "good.toml").units[1].criteria
    assert (criterion.number, criterion.verb) == ("1.1", "say")


REFUSED = [
    # shape
    ("[sources.faq]", "[sources.faq", "bad.toml", "at line 1"),
    ('title = "Speak"', 'titel = "Speak"', "bad.toml, unit F/601/1609, titel", "does not belong here"),
    ('title = "Speak"\n', "", "bad.toml, unit F/601/1609, title", "title is missing"),
    ('title = "Speak"', 'title = " "', "bad.toml, unit F/601/1609, title", "title is empty"),
    ('title = "Speak"', "title = 3", "bad.toml, unit F/601/1609, title", "is a whole number"),
    ("credit = 4", 'credit = "4"', "bad.toml, unit F/601/1609, credit", "is text in quotes"),
    ("credit = 4", "credit = 4.5", "bad.toml, unit F/601/1609, credit", "with a fraction"),
    ("credit = 4", "credit = -4", "bad.toml, unit F/601/1609, credit", "credit is -4"),
    ("level = 1\n", "level = 9\n", "bad.toml, unit F/601/1609, level", "Level 9 is out of range"),
    ("level = 1\n", "level = true\n", "bad.toml, unit F/601/1609, level", "is true or false"),
    ("value = 2,", "value = 0,", "bad.toml, scheme 00001, level, value", "Level 0 is out of range"),
    ('code = "00001"', 'code = "1"', "bad.toml, scheme 1, code", "is not five digits"),
    ('code = "00001"', "code = 10263", "bad.toml, scheme 10263, code", "is a whole number"),
    ('"postal"', '"post"', "bad.toml, scheme 00001, route, value", "value is “post”"),
    ("on = 2014-12-31", 'on = "31/12/2014"', "bad.toml, scheme 00001, final_certification, on", "text"),
    (
        "on = 2014-12-31",
        "on = 2014-12-31T00:00:00",
        "bad.toml, scheme 00001, final_certification, on",
        "date",
    ),
    ('"automatic"', '"magic"', "bad.toml, scheme 00001, evidence 1, kind", "kind is “magic”"),
    (
        'units = ["A/506/2130"]',
        "units = [1]",
        "bad.toml, scheme 00001, combination, groups A, units",
        "not text",
    ),
    (
        'units = ["A/506/2130"]',
        'units = "A"',
        "bad.toml, scheme 00001, combination, groups A, units",
        "is text",
    ),
    ("alternatives = [{", "alternatives = [1, {", "bad.toml, scheme 00001, alternatives 1", "a whole number"),
    ('reading = "inclusive", ', "", "bad.toml, scheme 00001, last_registration, reading", "no reading"),
    (
        'decided_by = "house"',
        'decided_by = "me"',
        "bad.toml, scheme 00001, last_registration, decided_by",
        "me",
    ),
    (
        'note = "Stands in for a unit whose number is not known."',
        "",
        "bad.toml, unit DEMO-3, note",
        "missing",
    ),
    # citation
    (', clause = "faq 5"', "", "bad.toml, scheme 00001, alternatives 1, clause", "no citation"),
    ('credit = 4\nclause = "faq 1"', "credit = 4", "bad.toml, unit F/601/1609, clause", "no citation"),
    ('"faq 5"', '"fax 5"', "bad.toml, scheme 00001, alternatives 1, clause", "cites “fax”"),
    # sense
    (
        "on = 2014-12-31",
        "on = 2013-12-30",
        "bad.toml, scheme 00001, final_certification",
        "before last registration",
    ),
    ("from = 2012-09-01, ", "", "bad.toml, scheme 00001, evidence", "does not begin after"),
    ('{ text = "An', '{ scheme = "00002", text = "An', "bad.toml, scheme 00001, alternatives", "00002"),
    ('{ text = "An', '{ scheme = "00001", text = "An', "bad.toml, scheme 00001, alternatives", "not another"),
    ('code = "DEMO-3"', 'urn = "f601 1609"', "bad.toml, unit F/601/1609", "described 2 times"),
    # combination
    ('units = ["A/506/2130"]', 'units = ["X"]', "bad.toml, scheme 00001, group A", "Unit X is not described"),
    (
        'units = ["A/506/2130"]',
        'units = ["A/506/2130", "A/506/2130"]',
        "bad.toml, scheme 00001, group A",
        "stands 2 times",
    ),
    (
        'unconfirmed = ["F',
        'unconfirmed = ["DEMO-3", "F',
        "bad.toml, scheme 00001, group B",
        "not in the group",
    ),
    ('name = "B"', 'name = "A"', "bad.toml, scheme 00001, group A", "cannot name a group"),
    ('name = "B"', 'name = "whole"', "bad.toml, scheme 00001, group whole", "cannot name a group"),
    ('group = "B"', 'group = "C"', "bad.toml, scheme 00001, constraint on C", "There is no group C"),
    (", minimum = 1,", ",", "bad.toml, scheme 00001, constraint on A", "neither minimum nor maximum"),
    ("maximum = 9", "maximum = 3", "bad.toml, scheme 00001, constraint on B", "above the maximum 3"),
    ("minimum = 1,", "minimum = 2,", "bad.toml, scheme 00001, constraint on A", "only 1 can count"),
    ("minimum = 4,", "minimum = 5,", "bad.toml, scheme 00001, constraint on B", "only 4 can count"),
    ("minimum = 5,", "minimum = 6,", "bad.toml, scheme 00001, constraint on whole", "only 5 can count"),
    (
        'measure = "credits", level_at_least = 2, minimum = 5,',
        'measure = "credits", maximum = 3,',
        "bad.toml, scheme 00001, constraint on whole",
        "make 4 credits, above the maximum 3",
    ),
]


@pytest.mark.parametrize(("old", "new", "place", "text"), REFUSED, ids=[f"{r[2]}: {r[3]}" for r in REFUSED])
def test_a_bad_pack_is_refused_with_its_place_and_never_half_used(old, new, place, text):
    pack = read_pack(with_change(old, new), "bad.toml")
    faults = pack_faults([pack])
    assert [fault.outcome for fault in faults] == ["refused"] * len(faults)
    assert any(fault.place == place and text in fault.text and fault.remedy for fault in faults), faults
    assert not pack.faults or (pack.schemes, pack.units) == ((), ())


def test_a_unit_needed_in_two_mandatory_groups_is_refused():
    text = with_change('units = ["F/601/1609"]\nunconfirmed = ["F/601/1609"]', 'units = ["A/506/2130"]')
    text = text.replace('measure = "credits", minimum = 4, maximum = 9', 'measure = "units", minimum = 1')
    (fault,) = faults_of(text)
    assert fault.text == "Unit A/506/2130 is needed in two mandatory groups: A and B."


def test_a_unit_in_two_groups_counts_once_towards_the_whole():
    text = with_change('units = ["F/601/1609"]\nunconfirmed = ["F/601/1609"]', 'units = ["A/506/2130"]')
    (fault,) = faults_of(text.replace("level_at_least = 2, minimum = 5", "minimum = 9"))
    assert "only 5 can count" in fault.text


def test_nothing_is_concluded_from_a_group_of_which_rows_are_not_known():
    text = with_change('unconfirmed = ["F/601/1609"]', "complete = false")
    text = text.replace("minimum = 4, maximum = 9", "minimum = 40")
    assert faults_of(text.replace("minimum = 5", "minimum = 50")) == ()


def test_a_cap_bounds_a_group_of_which_rows_are_not_known():
    text = with_change('unconfirmed = ["F/601/1609"]', "complete = false")
    (fault,) = faults_of(text.replace("level_at_least = 2, minimum = 5", "minimum = 15"))
    assert "only 14 can count" in fault.text


def test_nothing_is_concluded_from_a_credit_that_is_not_known():
    assert faults_of(with_change("credit = 4\n", "").replace("minimum = 4,", "minimum = 9,")) == ()


def test_a_typing_slip_in_a_key_is_answered_with_the_key_that_was_meant():
    (fault, *_) = [f for f in faults_of(with_change("credit = 4", "credits = 4")) if f.place.endswith("credits")]
    assert fault.remedy == "Did you mean credit?"


def test_the_same_scheme_in_two_packs_is_refused():
    other = GOOD[: GOOD.index("[[unit]]")] + GOOD[GOOD.index("[[scheme]]") :]
    faults = pack_faults([read_pack(GOOD, "a.toml"), read_pack(other, "b.toml")])
    assert [(fault.place, fault.outcome) for fault in faults] == [("a.toml, b.toml, scheme 00001", "refused")]


def test_while_a_pack_cannot_be_read_nothing_is_concluded_from_the_others():
    units_gone = GOOD[: GOOD.index("[[unit]]")] + GOOD[GOOD.index("[[scheme]]") :]
    faults = pack_faults([read_pack(units_gone, "a.toml"), read_pack("[", "b.toml")])
    assert [fault.place for fault in faults] == ["b.toml"]


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('"500/9341/1"', '"500/9341/2"', "bad.toml, scheme 00001, qan"),
        ('code = "DEMO-3"', 'urn = "K/506/2130"', "bad.toml, unit K/506/2130, urn"),
    ],
)
def test_a_check_character_that_does_not_fit_is_a_warning(old, new, place):
    text = with_change(old, new)
    assert [(fault.place, fault.outcome) for fault in faults_of(text)] == [(place, "warned")]
    assert read_pack(text, "bad.toml").schemes


WRONG_VALUES = [
    "1",
    "1.5",
    "true",
    '""',
    '"x"',
    "2013-01-01",
    "12:00:00",
    "[]",
    "[[1]]",
    "{}",
    "{ x = { y = 1 } }",
]
LINES = [number for number, line in enumerate(GOOD.splitlines()) if " = " in line and line[0] not in " {"]


@pytest.mark.parametrize("value", WRONG_VALUES)
@pytest.mark.parametrize("number", LINES)
def test_no_value_of_any_kind_in_any_place_stops_the_reading(number, value):
    lines = GOOD.splitlines()
    lines[number] = f"{lines[number].partition(' = ')[0]} = {value}"
    pack = read_pack("\n".join(lines), "bad.toml")
    assert all(fault.place.startswith("bad.toml") for fault in pack_faults([pack]))


# The packs that are shipped


def test_no_shipped_pack_has_a_fault():
    assert pack_faults(SHIPPED) == ()


def test_every_scheme_that_the_two_documents_name_is_shipped():
    named = "10263 10264 10265 10266 10267 10268 10269 09628 09629 04522 04523"
    suite = "03454 03455 03456 10378 10379 10380 10381"
    assert set(SCHEMES) == set(f"{named} {suite}".split())


def test_the_contact_centre_schemes_close_as_announced():
    finals = {code: SCHEMES[code].final_certification for code in SCHEMES if code.startswith("1026")}
    assert {code: cited.value.year for code, cited in finals.items() if cited is not None} == {
        "10263": 2014,
        "10264": 2014,
        "10265": 2015,
        "10266": 2015,
        "10267": 2016,
        "10268": 2016,
        "10269": 2016,
    }
    assert {cited.value.strftime("%d/%m") for cited in finals.values() if cited is not None} == {"31/12"}
    lasts = [SCHEMES[code].last_registration for code in finals]
    assert [cited.value for cited in lasts if cited is not None] == [date(2013, 12, 31)] * 7


def test_the_routes_and_evidence_are_those_of_the_two_documents():
    assert {code for code, scheme in SCHEMES.items() if scheme.route.value == "postal"} == {
        "09628",
        "09629",
        "04522",
        "04523",
    }
    evidence = {code: [row.kind for row in scheme.evidence] for code, scheme in SCHEMES.items()}
    assert evidence["04522"] == evidence["04523"] == ["automatic", "unit_proof"]
    assert evidence["09628"] == evidence["09629"] == ["candidate_work"]


def test_no_qualification_number_is_claimed_to_be_known():
    assert [code for code, scheme in SCHEMES.items() if scheme.qan is not None] == []


def test_the_level_two_diploma_has_the_published_amounts():
    groups = {group.name: group for group in SCHEMES["10379"].combination.groups}
    credits = {name: sum(UNITS[code].credit or 0 for code in group.units) for name, group in groups.items()}
    assert credits == {"A": 19, "B": 6, "C": 26, "D": 0}
    assert [name for name, group in groups.items() if not group.complete] == ["C", "D"]
    assert SCHEMES["10379"].combination.is_mandatory(groups["A"])
    assert not SCHEMES["10379"].combination.demonstration


def test_every_source_is_cited_where_it_stands_and_told_the_same_everywhere():
    told = {}
    for pack in SHIPPED:
        text = (ROOT / "packs" / pack.name).read_text(encoding="utf-8")
        for source in pack.sources:
            assert f'clause = "{source.id} ' in text, (pack.name, source.id)
            assert told.setdefault(source.id, source) == source


def test_every_source_has_its_entry_in_the_list_of_sources():
    listed = (ROOT / "docs" / "domain" / "sources.md").read_text(encoding="utf-8")
    missing = {s.id for pack in SHIPPED for s in pack.sources if f"| `{s.id}` | {s.title} |" not in listed}
    assert missing == set()
