"""What the annual fee of centres is judged by."""

from collections.abc import Sequence
from datetime import date

from django.db import connection

from conferral.rules.centre_fees import entry_year
from conferral.rules.days import london_day, months_after
from conferral.rules.facts import CentreFeeFacts
from conferral.rules.fee_list import ANNUAL, FEES
from conferral.rules.policies import policy

# Registered in the twelve months; when first approved; when this fee was charged.
_FACTS = """
    SELECT c.number,
           (SELECT count(*) FROM candidates_registration r
            WHERE r.centre_id = c.number AND r.registered_on BETWEEN %(first)s AND %(last)s),
           (SELECT min(a.approved_on) FROM centres_approval a WHERE a.centre_id = c.number),
           (SELECT f.charged_at FROM money_charge f
            WHERE f.centre_id = c.number AND f.fee = %(fee)s AND f.about_key = %(key)s)
    FROM centres_centre c WHERE c.number = ANY(%(centres)s) ORDER BY c.number
"""
_NUMBERS = """
    SELECT number FROM centres_centre WHERE number > %(after)s ORDER BY number LIMIT %(most)s
"""


def centre_fee_facts(centres: Sequence[str], *, due: date, on: date) -> list[CentreFeeFacts]:
    """What the annual fee that falls due on a day is judged by, centre by centre, on a London day. One query."""
    first, last = entry_year(due)
    amount = FEES[ANNUAL].on(due)
    asked = {"first": first, "last": last, "fee": ANNUAL, "key": due.isoformat(), "centres": list(centres)}
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, asked)
        rows = cursor.fetchall()
    return [
        CentreFeeFacts(
            centre=centre, on=on, due_on=due, entries_from=first, entries_until=last, entries=entries,
            approved_on=approved, spared_until=_spared_until(approved), pence=amount.pence if amount else None,
            charged_on=london_day(charged) if charged else None,
        )
        for centre, entries, approved, charged in rows
    ]  # fmt: skip


def _spared_until(approved: date | None) -> date | None:
    return months_after(approved, policy("centre_fee_months_spared")) if approved else None


def centre_numbers(after: str = "", most: int = 500) -> list[str]:
    """Numbers of centres beyond one, in order."""
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS, {"after": after, "most": most})
        return [number for (number,) in cursor.fetchall()]
