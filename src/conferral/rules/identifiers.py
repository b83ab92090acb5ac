"""Numbers that people type: compact them, say what is wrong with them, print them.

Each kind has `compact_x` (what is stored), `x_fault` (None when the text fits, else a short
stable code) and, where print differs from storage, `format_x` (given what was compacted).
A check that the regulator has not published (QAN, URN, UCI) is for warnings, never for refusals.
"""

import re

_SEPARATORS = dict.fromkeys(
    map(ord, " \t\r\n\u00a0\u2009\u202f\u200b\ufeff-\u2010\u2011\u2012\u2013\u2014\u2212'\u2019")
)
_SPREADSHEET_POWER = re.compile(r"\d(?:[.,]\d+)?E\+?\d+")


def without_separators(text: str) -> str:
    """Upper case, without the spaces, hyphens and quotes that people and spreadsheets add."""
    return text.translate(_SEPARATORS).upper()


def _compact_digits(text: str) -> str:
    """Drop separators, and the ".0" that a spreadsheet adds to a whole number."""
    return without_separators(text).removesuffix(".0")


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _weighted(digits: str, first_weight: int) -> int:
    """Sum of digits times weights that fall by one, from `first_weight` at the left."""
    return sum(int(digit) * (first_weight - place) for place, digit in enumerate(digits))


def _digits_fault(text: str, length: int, otherwise: str) -> str | None:
    if not text:
        return "blank"
    if _SPREADSHEET_POWER.fullmatch(text):
        return "shortened-by-excel"
    return None if _is_digits(text) and len(text) == length else otherwise


# Unique learner number

TEMPORARY_ULN = "9999999999"


def compact_uln(text: str) -> str:
    return _compact_digits(text)


def uln_fault(text: str) -> str | None:
    """Say why a unique learner number cannot be one that was issued.

    blank, shortened-by-excel, not-ten-digits, leading-zero, temporary (9999999999, which
    identifies nobody), never-issued (remainder 0) or check-digit.
    """
    uln = compact_uln(text)
    fault = _digits_fault(uln, 10, "not-ten-digits")
    if fault:
        return fault
    if uln == TEMPORARY_ULN:
        return "temporary"
    if uln.startswith("0"):
        return "leading-zero"
    remainder = _weighted(uln[:9], 10) % 11
    if remainder == 0:
        return "never-issued"
    return None if int(uln[9]) == 10 - remainder else "check-digit"


def format_uln(uln: str) -> str:
    return f"{uln[:3]} {uln[3:6]} {uln[6:]}"


# Qualification number (QAN)

_QAN = re.compile(r"[0-9]{7}[0-9X]")


def compact_qan(text: str) -> str:
    return without_separators(text).replace("/", "")


def qan_fault(text: str) -> str | None:
    """Say what is odd about a qualification number: blank, not-a-qan or check-character.

    For a warning only: the check was found by calculation and the Register is the authority.
    610/0000 to 610/0125 were numbered differently and are not checked.
    """
    qan = compact_qan(text)
    if not qan:
        return "blank"
    if not _QAN.fullmatch(qan):
        return "not-a-qan"
    if "6100000" <= qan[:7] <= "6100125":
        return None
    return None if "0123456789X"[_weighted(qan[:7], 8) % 11] == qan[7] else "check-character"


def format_qan(qan: str) -> str:
    return f"{qan[:3]}/{qan[3:7]}/{qan[7:]}"


# Unit reference number (URN)

_URN = re.compile(r"[A-Z][0-9]{7}")


def compact_urn(text: str) -> str:
    return without_separators(text).replace("/", "")


def urn_fault(text: str) -> str | None:
    """Say what is odd about a unit reference number: blank, not-a-urn or check-letter.

    For a warning only: the check was found by calculation.
    """
    urn = compact_urn(text)
    if not urn:
        return "blank"
    if not _URN.fullmatch(urn):
        return "not-a-urn"
    return None if "ADFHJKLMRTY"[_weighted(urn[1:], 8) % 11] == urn[0] else "check-letter"


def format_urn(urn: str) -> str:
    return f"{urn[:1]}/{urn[1:4]}/{urn[4:]}"


# Unique candidate identifier (UCI)

_UCI = re.compile(r"[0-9]{5}[0-9B][0-9]{2}(?!0000)[0-9]{4}[A-Z]?")


def compact_uci(text: str) -> str:
    return without_separators(text)


def uci_fault(text: str) -> str | None:
    """Say what is odd about a candidate identifier.

    blank, shortened-by-excel, not-a-uci, check-letter-missing (a centre may leave it to the
    board) or check-letter. For a warning only: the letter table is not confirmed. The value
    of a B in the sixth place is not known, so such a letter is not checked.
    """
    uci = compact_uci(text)
    if not uci:
        return "blank"
    if _SPREADSHEET_POWER.fullmatch(uci):
        return "shortened-by-excel"
    if not _UCI.fullmatch(uci):
        return "not-a-uci"
    if len(uci) == 12:
        return "check-letter-missing"
    if uci[5] == "B":
        return None
    return None if "ABCDEFGHKLRTVWXYZ"[_weighted(uci[:12], 16) % 17] == uci[12] else "check-letter"


# Centre number, scheme code, provider number


def compact_centre_number(text: str) -> str:
    return _compact_digits(text)


def centre_number_fault(text: str) -> str | None:
    """Say why this is not a centre number: blank, leading-zero-lost or not-five-digits."""
    return _five_digits_fault(compact_centre_number(text))


def compact_scheme_code(text: str) -> str:
    return _compact_digits(text)


def scheme_code_fault(text: str) -> str | None:
    """Say why this is not a scheme code: blank, leading-zero-lost or not-five-digits."""
    return _five_digits_fault(compact_scheme_code(text))


def _five_digits_fault(code: str) -> str | None:
    if _is_digits(code) and len(code) == 4:
        return "leading-zero-lost"
    return _digits_fault(code, 5, "not-five-digits")


def compact_ukprn(text: str) -> str:
    return _compact_digits(text)


def ukprn_fault(text: str) -> str | None:
    """Say why this is not a provider number.

    blank, shortened-by-excel, not-eight-digits or leading-zero. It has no check digit.
    """
    ukprn = compact_ukprn(text)
    fault = _digits_fault(ukprn, 8, "not-eight-digits")
    return fault or ("leading-zero" if ukprn.startswith("0") else None)
