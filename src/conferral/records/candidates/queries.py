"""The facts that registrations are judged by, for all lines of an upload in two queries; lists of registrations."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from conferral.records.candidates.models import Candidate, Registration, Upload
from conferral.records.catalogue.models import Qualification
from conferral.records.catalogue.queries import alternatives_in_words
from conferral.records.prepared import asked_often
from conferral.rules.days import months_after
from conferral.rules.facts import RegistrationFacts
from conferral.rules.identifiers import compact_uln, uln_fault
from conferral.rules.policies import policy
from conferral.rules.shown_letters import unshown_letter

# A line, with what is already known of its learner by number, its scheme and centre.
REGISTRATION_FACTS = """
SELECT l.line, l.cells, l.scheme, q.title, q.last_registration, a.approved_on, a.ended_on,
       l.first_names, l.last_name, l.uln, l.born_on, l.starts_on,
       CASE WHEN known.last_name <> l.last_name OR known.first_names <> l.first_names
            THEN concat_ws(' ', nullif(known.first_names, ''), known.last_name) END,
       r.registered_on, known.id, l.centre_reference, active.last_on
FROM candidates_uploadrow l
LEFT JOIN catalogue_qualification q ON q.code = l.scheme
LEFT JOIN centres_approval a ON a.centre_id = l.centre_id AND a.scheme_id = l.scheme
LEFT JOIN candidates_candidate known ON known.centre_id = l.centre_id AND known.uln = l.uln
LEFT JOIN candidates_registration r ON r.candidate_id = known.id AND r.scheme_id = l.scheme AND r.attempt = 1
-- The newest registration for each scheme of the file: one look into an index each.
LEFT JOIN (
    SELECT one.scheme, (SELECT n.registered_on FROM candidates_registration n
                        WHERE n.centre_id = %(centre)s AND n.scheme_id = one.scheme
                        ORDER BY n.id DESC LIMIT 1) AS last_on
    FROM (SELECT DISTINCT scheme FROM candidates_uploadrow WHERE upload_id = %(upload)s) one
) active ON active.scheme = l.scheme
WHERE l.upload_id = %(upload)s
ORDER BY l.line
"""

# Candidates without a learner number whose last names stand in the file: they are recognised by names and
# date of birth. One scan of the centre's candidates, however many lines; joined to the lines, the planner,
# which knows nothing of rows just written, would scan once for each line.
UNNUMBERED = """
SELECT c.id, c.first_names, c.last_name, c.born_on, r.scheme_id, r.registered_on
FROM candidates_candidate c
LEFT JOIN candidates_registration r ON r.candidate_id = c.id AND r.attempt = 1
WHERE c.centre_id = %(centre)s AND c.uln IS NULL AND c.last_name = ANY(%(names)s)
ORDER BY c.id
"""


class Line:
    """One line of an upload with its facts, and the candidate it was recognised as, if any."""

    __slots__ = ("candidate", "cells", "centre_reference", "facts", "line")

    def __init__(
        self,
        line: int,
        cells: dict[str, str],
        facts: RegistrationFacts,
        candidate: int | None,
        reference: str,
    ) -> None:
        self.line, self.cells, self.facts = line, cells, facts
        self.candidate, self.centre_reference = candidate, reference

    @property
    def learner(self) -> tuple[object, ...]:
        """Who the line is about, to tell people within a file apart: their number, else names and birth."""
        facts = self.facts
        return (facts.uln,) if facts.uln else (facts.first_names, facts.last_name, facts.born_on)


def upload_lines(upload: Upload, on: date) -> Iterator[Line]:
    """Every line of an upload with the facts it is judged by, if registered on a London day."""
    alternatives: dict[str, str] = {}
    with connection.cursor() as cursor:
        cursor.execute(REGISTRATION_FACTS, {"upload": upload.pk, "centre": upload.centre_id})
        rows = cursor.fetchall()
    alike, entered = _unnumbered(upload.centre_id, sorted({row[8] for row in rows if row[9] is None}))
    for row in rows:
        candidate = row[14] if row[9] else alike.get((row[7], row[8], row[10]))
        line, cells, scheme, title = row[:4]
        cells = cells if isinstance(cells, dict) else _loads(cells)
        if scheme not in alternatives:
            alternatives[scheme] = alternatives_in_words(scheme, on) if row[4] and row[4] < on else ""
        facts = RegistrationFacts(
            scheme=scheme or "none",
            registered_on=on,
            scheme_title=title,
            scheme_text=cells.get("scheme") or None,
            last_registration=row[4],
            approved_on=row[5],
            approval_ended_on=row[6],
            first_names=row[7] or None,
            last_name=row[8] or None,
            first_names_unshown=unshown_letter(row[7]),
            last_name_unshown=unshown_letter(row[8]),
            uln=row[9],
            uln_fault=_fault(cells.get("uln", "")),
            born_on=row[10],
            born_on_text=cells.get("born_on") or None,
            starts_on=row[11],
            starts_on_text=cells.get("starts_on") or None,
            known_as=row[12],
            already_registered_on=row[13] if row[9] else entered.get((candidate, scheme)),
            alternatives=alternatives[scheme],
            **activity(row[16] or row[5]),
        )
        yield Line(line, cells, facts, candidate, row[15])


def activity(last_active_on: date | None) -> dict[str, date | None]:
    """When a centre was last active in a scheme, and until which day that counts as active."""
    months = 12 * policy("years_until_approval_is_idle")
    return {
        "last_active_on": last_active_on,
        "active_until": last_active_on and months_after(last_active_on, months),
    }


def _unnumbered(
    centre: str, last_names: list[str]
) -> tuple[dict[tuple[str, str, date], int], dict[tuple[int, str], date]]:
    """The candidates known by names and date of birth, and when each was registered for which scheme."""
    alike: dict[tuple[str, str, date], int] = {}
    entered: dict[tuple[int, str], date] = {}
    if not last_names:
        return alike, entered
    with connection.cursor() as cursor:
        cursor.execute(UNNUMBERED, {"centre": centre, "names": last_names})
        for candidate, first_names, last_name, born_on, scheme, registered_on in cursor.fetchall():
            alike.setdefault((first_names, last_name, born_on), candidate)
            entered[(candidate, scheme)] = registered_on
    return alike, entered


def _loads(text: str) -> dict[str, str]:
    read: dict[str, str] = json.loads(text)
    return read


def _fault(uln: str) -> str | None:
    return uln_fault(uln) if uln else None


def registrations_of_learner(uln: str) -> QuerySet[Registration]:
    """The registrations of everybody with exactly this learner number, newest first."""
    found = Registration.objects.filter(candidate__uln=uln).select_related("candidate", "scheme", "centre")
    return found.order_by("-id")


def registrations_found(*, text: str = "", scheme: str = "", state: str = "") -> QuerySet[Registration]:
    """The centre's registrations, newest first: of one learner number, or of last names beginning so.

    Candidates and schemes follow in queries of their own: joined, both tables are narrowed to the centre,
    the planner takes that for two independent facts, and reads and sorts all of the centre for one page.
    """
    found = Registration.objects.prefetch_related("candidate", "scheme").order_by("-id")
    number = compact_uln(text)
    if number.isascii() and number.isdigit():
        found = found.filter(candidate__in=Candidate.objects.filter(uln=number))
    elif text:
        found = found.filter(candidate__in=Candidate.objects.filter(last_name__istartswith=text))
    if scheme:
        found = found.filter(scheme=scheme)
    return found.filter(state=state) if state else found


# A registration of the list with what is shown of its candidate and scheme, and what readiness needs of them.
_REGISTRATION = ("id", "candidate_id", "scheme_id", "state")
_CANDIDATE = ("id", "uln", "first_names", "last_name")
_SCHEME = ("code", "title", "route", "final_certification")
LISTED = f"""
SELECT {", ".join(f"r.{name}" for name in _REGISTRATION)}, {", ".join(f"c.{name}" for name in _CANDIDATE)},
       {", ".join(f"q.{name}" for name in _SCHEME)}
FROM (SELECT * FROM candidates_registration WHERE {{which}} ORDER BY id DESC LIMIT %(rows)s) r
JOIN candidates_candidate c ON c.id = r.candidate_id
JOIN catalogue_qualification q ON q.code = r.scheme_id
ORDER BY r.id DESC
"""
_WHICH = {
    "number": "candidate_id IN (SELECT id FROM candidates_candidate WHERE uln = %(number)s)",
    "scheme": "scheme_id = %(scheme)s",
    "state": "state = %(state)s",
    "before": "id < %(before)s",
}


def page_of_registrations(
    *, text: str = "", scheme: str = "", state: str = "", before: int | None = None, most: int
) -> list[Registration]:
    """The newest registrations that `registrations_found` finds, from before one on; one more than a page.

    Each comes with its candidate and scheme, of which only what a list shows has been read. A last name is looked
    for in two statements more: what it begins with decides how it is found.
    """
    number = compact_uln(text)
    if text and not (number.isascii() and number.isdigit()):
        found = registrations_found(text=text, scheme=scheme, state=state)
        return list((found.filter(id__lt=before) if before else found)[: most + 1])
    asked = {"number": number, "scheme": scheme, "state": state, "before": before}
    said = {name: value for name, value in asked.items() if value}
    which = " AND ".join(_WHICH[name] for name in said) or "true"
    schemes: dict[str, Qualification] = {}
    return [_listed(row, schemes) for row in asked_often(LISTED.format(which=which), {**said, "rows": most + 1})]


def _listed(row: tuple[Any, ...], schemes: dict[str, Qualification]) -> Registration:
    first, second = len(_REGISTRATION), len(_REGISTRATION) + len(_CANDIDATE)
    found = Registration.from_db("default", _REGISTRATION, row[:first])
    found.candidate = Candidate.from_db("default", _CANDIDATE, row[first:second])
    code = row[second]
    if code not in schemes:
        schemes[code] = Qualification.from_db("default", _SCHEME, row[second:])
    found.scheme = schemes[code]
    return found
