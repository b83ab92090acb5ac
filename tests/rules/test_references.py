import pytest
from hypothesis import given
from hypothesis import strategies as st

from conferral.rules.references import (
    REFERENCE_ALPHABET,
    certificate_number_fault,
    certificate_number_from,
    compact_reference,
    consignment_reference_fault,
    consignment_reference_from,
    format_reference,
    reference_fault,
)

CERTIFICATES = st.binary(min_size=10, max_size=10).map(certificate_number_from)


@given(CERTIFICATES)
def test_a_certificate_number_has_sixteen_characters_and_fits(number):
    assert len(number) == 16
    assert certificate_number_fault(number) is None


@given(st.binary(min_size=5, max_size=5).map(consignment_reference_from))
def test_a_consignment_reference_has_eight_characters_and_fits(reference):
    assert len(reference) == 8
    assert consignment_reference_fault(reference) is None


def test_every_random_bit_asked_for_is_used():
    assert len({certificate_number_from((1 << bit).to_bytes(10, "big")) for bit in range(75)}) == 75


def test_too_few_random_bits_are_refused():
    with pytest.raises(ValueError, match="75 random bits"):
        certificate_number_from(bytes(9))


@given(CERTIFICATES, st.integers(0, 15), st.sampled_from(REFERENCE_ALPHABET))
def test_one_mistyped_character_is_noticed(number, place, character):
    mistyped = number[:place] + character + number[place + 1 :]
    assert (certificate_number_fault(mistyped) is None) == (mistyped == number)


@given(CERTIFICATES, st.integers(0, 14))
def test_two_neighbours_swapped_are_noticed_unless_they_are_the_first_and_last_of_the_alphabet(number, place):
    pair = number[place : place + 2]
    swapped = number[:place] + pair[::-1] + number[place + 2 :]
    unnoticed = len(set(pair)) == 1 or set(pair) == {"0", "Z"}
    assert (certificate_number_fault(swapped) is None) == unnoticed


@given(CERTIFICATES)
def test_a_number_is_read_as_people_write_it(number):
    written = format_reference(number).lower().replace("0", "o").replace("1", "l")
    assert compact_reference(written) == number
    assert compact_reference(written.replace("-", " ").replace("l", "I")) == number


def test_a_reference_is_printed_in_fours():
    assert format_reference("K7QF3M9X") == "K7QF-3M9X"
    assert format_reference("0123456789ABCDEF") == "0123-4567-89AB-CDEF"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "blank"),
        ("0000-0000", None),
        ("0000-0001", "check-character"),
        ("0000-000", "wrong-length"),
        ("0000-000U", "unknown-character"),
        ("0000-000é", "unknown-character"),
    ],
)
def test_a_reference_fault_has_its_own_code(text, fault):
    assert reference_fault(text, 8) == fault
