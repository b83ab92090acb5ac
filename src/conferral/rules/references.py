"""Public references: random characters and one check character (Luhn modulo 32).

Nothing public is sequential. The alphabet is Crockford's: no I, L, O or U. A reference is
stored compact and printed in fours.
"""

from conferral.rules.identifiers import without_separators

REFERENCE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CERTIFICATE_LENGTH = 16
CONSIGNMENT_LENGTH = 8
_MISREAD = str.maketrans("OIL", "011")


def compact_reference(text: str) -> str:
    """Read a reference as people write it: any case, spaces, hyphens, O for 0, I or L for 1."""
    return without_separators(text).translate(_MISREAD)


def reference_from(random_bytes: bytes, length: int) -> str:
    """Make a reference of `length` characters, check character included.

    Five random bits a character; more bytes than needed are allowed. Raises ValueError when
    there are too few.
    """
    bits_needed = 5 * (length - 1)
    if len(random_bytes) * 8 < bits_needed:
        raise ValueError(f"{length} characters need {bits_needed} random bits")
    number = int.from_bytes(random_bytes, "big")
    payload = "".join(REFERENCE_ALPHABET[number >> 5 * place & 31] for place in range(length - 1))
    return payload + _check_character(payload)


def reference_fault(text: str, length: int) -> str | None:
    """Say why this is no reference: blank, wrong-length, unknown-character, check-character."""
    reference = compact_reference(text)
    if not reference:
        return "blank"
    if any(character not in REFERENCE_ALPHABET for character in reference):
        return "unknown-character"
    if len(reference) != length:
        return "wrong-length"
    return None if _check_character(reference[:-1]) == reference[-1] else "check-character"


def format_reference(reference: str) -> str:
    """Print in fours: K7QF-3M9X."""
    return "-".join(reference[start : start + 4] for start in range(0, len(reference), 4))


def _check_character(payload: str) -> str:
    total = 0
    for place, character in enumerate(reversed(payload)):
        value = REFERENCE_ALPHABET.index(character)
        doubled = value if place % 2 else 2 * value
        total += doubled // 32 + doubled % 32
    return REFERENCE_ALPHABET[-total % 32]


def certificate_number_from(random_bytes: bytes) -> str:
    """Make a certificate number: 75 random bits (10 bytes) and a check character."""
    return reference_from(random_bytes, CERTIFICATE_LENGTH)


def certificate_number_fault(text: str) -> str | None:
    return reference_fault(text, CERTIFICATE_LENGTH)


def consignment_reference_from(random_bytes: bytes) -> str:
    """Make a consignment reference: 35 random bits (5 bytes) and a check character."""
    return reference_from(random_bytes, CONSIGNMENT_LENGTH)


def consignment_reference_fault(text: str) -> str | None:
    return reference_fault(text, CONSIGNMENT_LENGTH)
