import json
from pathlib import Path

import pytest

from conferral.rules.identifiers import (
    centre_number_fault,
    compact_centre_number,
    compact_qan,
    compact_scheme_code,
    compact_uci,
    compact_uln,
    compact_urn,
    format_qan,
    format_uln,
    format_urn,
    qan_fault,
    scheme_code_fault,
    uci_fault,
    ukprn_fault,
    uln_fault,
    urn_fault,
)

DATA = Path(__file__).parent.parent / "data"
ULNS = json.loads((DATA / "uln-vectors.json").read_text(encoding="utf-8"))
QANS = (DATA / "qans.txt").read_text(encoding="utf-8").split()

PUBLISHED_QANS = [
    "500/9341/1",
    "600/1257/2",
    "600/5106/1",
    "600/6813/9",
    "601/4784/2",
    "500/9516/X",
    "601/3835/x",
    "500/7707/7",
    "601/3589/X",
    "50077077",
    "6013589X",
    "610/0007/9",
]
PUBLISHED_URNS = [
    "F/601/1609",
    "L/601/7638",
    "T/503/0356",
    "D/601/7644",
    "F/503/0358",
    "J/600/1003",
    "Y/506/2135",
    "A/506/2130",
    "J/601/7329",
    "F/617/2428",
    "R/600/8780",
    "K/502/5252",
    "R/600/7239",
    "Y/600/0339",
    "J/600/5987",
    "F/617/4003",
    "J/617/2480",
    "H/617/2423",
    "J/617/2429",
    "A/617/2430",
    "f6011609",
]


@pytest.mark.parametrize("vector", ULNS["check"], ids=lambda vector: vector["uln"])
def test_a_learner_number_is_judged_as_the_funding_agency_judges_it(vector):
    expected = {True: None, "temporary": "temporary"}
    if vector["valid"] in expected:
        assert uln_fault(vector["uln"]) == expected[vector["valid"]]
    else:
        assert uln_fault(vector["uln"]) in {"check-digit", "never-issued", "not-ten-digits"}


@pytest.mark.parametrize("uln", ULNS["format_only_but_checksum_invalid"]["ulns"])
def test_a_learner_number_with_ten_digits_only_is_not_enough(uln):
    assert uln_fault(uln) == "check-digit"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("1000000043", None),
        ("100 000 0043", None),
        ("100-000-0043", None),
        ("100\u00a0000\u00a00043", None),
        ("'1000000043", None),
        ("1000000043.0", None),
        ("1000000042", "check-digit"),
        ("1000000063", "never-issued"),
        ("100000004", "not-ten-digits"),
        ("10000000431", "not-ten-digits"),
        ("١٠٠٠٠٠٠٠٤٣", "not-ten-digits"),
        ("ABCDEFGHIJ", "not-ten-digits"),
        ("0000000042", "leading-zero"),
        ("9999999999", "temporary"),
        ("7.53E+09", "shortened-by-excel"),
        ("1e+09", "shortened-by-excel"),
        ("7,53E+09", "shortened-by-excel"),
        ("", "blank"),
        ("  ", "blank"),
    ],
)
def test_a_learner_number_fault_has_its_own_code(text, fault):
    assert uln_fault(text) == fault


def test_numbers_are_printed_as_people_read_them():
    assert format_uln(compact_uln("6405088536")) == "640 508 8536"
    assert format_qan(compact_qan("6013589x")) == "601/3589/X"
    assert format_urn(compact_urn("j6001003")) == "J/600/1003"


def test_every_qualification_number_in_use_passes_or_lies_in_the_unchecked_series():
    assert len(QANS) == 8092
    assert [qan for qan in QANS if qan_fault(qan)] == []
    assert len([qan for qan in QANS if "6100000" <= qan[:7] <= "6100125"]) == 38


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        *[(qan, None) for qan in PUBLISHED_QANS],
        ("123/1234/1", "check-character"),
        ("603/2476/0", "check-character"),
        ("500/9341/2", "check-character"),
        ("500/9341/A", "not-a-qan"),
        ("500/9341", "not-a-qan"),
        ("", "blank"),
    ],
)
def test_a_qualification_number_is_checked_by_its_last_character(text, fault):
    assert qan_fault(text) == fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        *[(urn, None) for urn in PUBLISHED_URNS],
        ("A/617/4012", "check-letter"),
        ("F/601/1690", "check-letter"),
        ("G/601/1609", "check-letter"),
        ("601/1609/F", "not-a-urn"),
        ("", "blank"),
    ],
)
def test_a_unit_number_is_checked_by_its_first_letter(text, fault):
    assert urn_fault(text) == fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("681990012058G", None),
        ("68199 0 01 2058 g", None),
        ("689990980001D", None),
        ("681990012058H", "check-letter"),
        ("681990012058", "check-letter-missing"),
        ("68199B012058Z", None),
        ("681990010000G", "not-a-uci"),
        ("6.8199E+11", "shortened-by-excel"),
        ("68199", "not-a-uci"),
        ("", "blank"),
    ],
)
def test_a_candidate_identifier_is_checked_by_its_last_letter(text, fault):
    assert uci_fault(text) == fault


def test_a_candidate_identifier_is_stored_without_spaces():
    assert compact_uci("68199 0 01 2058 g") == "681990012058G"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("07123", None),
        (" 68 199 ", None),
        ("7123", "leading-zero-lost"),
        ("123", "not-five-digits"),
        ("123456", "not-five-digits"),
        ("A1234", "not-five-digits"),
        ("", "blank"),
    ],
)
def test_a_centre_number_and_a_scheme_code_are_five_digits_of_text(text, fault):
    assert centre_number_fault(text) == fault
    assert scheme_code_fault(text) == fault


def test_a_leading_zero_is_kept():
    assert compact_centre_number("07123") == "07123"
    assert compact_scheme_code(" 09628") == "09628"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("10001234", None),
        ("1000 1234", None),
        ("1000123", "not-eight-digits"),
        ("00012345", "leading-zero"),
        ("1.00E+07", "shortened-by-excel"),
        ("", "blank"),
    ],
)
def test_a_provider_number_is_eight_digits(text, fault):
    assert ukprn_fault(text) == fault
