"""A season in figures: a handful of set-based queries over a year's claims, decisions, parcels and reports."""

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django.db import connection
from django.db.models import Q

from conferral.records.catalogue.models import EvidencePolicy, Notice, Qualification
from conferral.records.community.models import Topic
from conferral.records.guidance.models import DocumentVersion, Subject, SupportDocument
from conferral.rules.days import LONDON, end_of_day
from conferral.rules.season import Count, Evidence, Season

# The claims of the season: those that were submitted in the year, in the schemes, whatever became of them.
_CLAIMS = """
    WITH c AS MATERIALIZED (
        SELECT * FROM claims_claim
        WHERE scheme_id = ANY(%(schemes)s) AND submitted_at >= %(since)s AND submitted_at < %(until)s
    ), d AS (
        SELECT c.scheme_id, u.centre_id, u.registration_id, d.outcome, d.reason_code
        FROM c JOIN claims_claimedunit u ON u.claim_id = c.id JOIN moderation_unitdecision d ON d.claimed_unit_id = u.id
    )
"""
_SIZE = """
    SELECT (SELECT count(*) FROM c), (SELECT count(DISTINCT centre_id) FROM c), (SELECT count(*) FROM d),
           count(*) FILTER (WHERE grouped = 'registration'),
           count(*) FILTER (WHERE grouped = 'registration' AND confirmed = decided),
           count(*) FILTER (WHERE grouped = 'centre' AND 10 * confirmed >= 9 * decided)
    FROM (SELECT CASE WHEN grouping(centre_id) = 0 THEN 'centre' ELSE 'registration' END AS grouped,
                 count(*) AS decided, count(*) FILTER (WHERE outcome = 'confirmed') AS confirmed
          FROM d GROUP BY GROUPING SETS ((centre_id), (registration_id))) t
"""
_DECIDED = """
    SELECT CASE WHEN grouping(outcome) = 0 THEN 'outcome' WHEN grouping(reason_code) = 0 THEN 'reason'
                ELSE 'scheme' END,
           coalesce(outcome, reason_code, scheme_id), count(*), count(DISTINCT centre_id),
           count(*) FILTER (WHERE reason_code = 'WRONG_EVIDENCE'),
           count(DISTINCT centre_id) FILTER (WHERE reason_code = 'WRONG_EVIDENCE')
    FROM d GROUP BY GROUPING SETS ((outcome), (reason_code), (scheme_id))
"""
_SENT = """
    , s AS (
        SELECT c.*, p.despatched_on, p.received_at,
               p.despatched_on - (c.submitted_at AT TIME ZONE 'Europe/London')::date AS days,
               p.despatched_on > (c.send_by AT TIME ZONE 'Europe/London')::date AS late,
               c.state = 'withdrawn' AND p.received_at IS NULL AND c.ended_at >= c.withdraw_after AS unsent
        FROM c LEFT JOIN LATERAL (
            SELECT despatched_on, received_at FROM claims_consignment p WHERE p.claim_id = c.id
            ORDER BY p.received_at NULLS LAST, p.id DESC LIMIT 1) p ON true
    )
    SELECT CASE WHEN unsent THEN 'never' WHEN days IS NULL THEN 'unknown' WHEN days <= 1 THEN 'in_time'
                WHEN days <= 7 THEN 'days' WHEN days <= 28 THEN 'weeks' ELSE 'months' END AS band,
           count(*), count(DISTINCT centre_id),
           count(*) FILTER (WHERE late AND NOT unsent), max(days) FILTER (WHERE NOT unsent),
           count(*) FILTER (WHERE unsent AND EXISTS (
               SELECT FROM claims_claim k WHERE k.cloned_from_id = s.id AND k.submitted_at IS NOT NULL))
    FROM s GROUP BY band
"""
_WAITED = (
    _SENT.partition("SELECT CASE WHEN unsent")[0]
    + """
    SELECT count(DISTINCT s.centre_id) FILTER (WHERE late AND NOT unsent),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM r.sent_at - s.submitted_at) / 86400)
               FILTER (WHERE late),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM r.sent_at - s.submitted_at) / 86400)
               FILTER (WHERE NOT late)
    FROM s LEFT JOIN moderation_feedbackreport r ON r.claim_id = s.id
"""
)
_AGAIN = """
    SELECT count(*), count(DISTINCT a.centre_id) FROM money_attempt a
    JOIN candidates_registration g ON g.id = a.registration_id
    WHERE g.scheme_id = ANY(%(schemes)s) AND a.made_at >= %(since)s AND a.made_at < %(until)s
"""
_WAYS = """
    SELECT p.kind, count(*), count(DISTINCT c.centre_id) FROM c JOIN claims_consignment p ON p.claim_id = c.id
    WHERE p.despatched_on IS NOT NULL AND p.state <> 'cancelled' GROUP BY p.kind
"""
_REPORTS = """
    SELECT count(*), count(DISTINCT r.centre_id), count(*) FILTER (WHERE pockets),
           count(DISTINCT r.centre_id) FILTER (WHERE pockets)
    FROM (SELECT r.centre_id, EXISTS (SELECT FROM moderation_requiredaction a WHERE a.report_id = r.id
                                      AND a.reason_code = 'PLASTIC_POCKETS') AS pockets
          FROM c JOIN moderation_feedbackreport r ON r.claim_id = c.id) r
"""
_PARCELS = """
    SELECT count(*), count(DISTINCT p.centre_id), count(*) FILTER (WHERE p.state = 'returned')
    FROM ledger_event e JOIN claims_consignment p ON p.id = e.subject_id::bigint
    LEFT JOIN claims_claim k ON k.id = p.claim_id
    WHERE e.subject = 'consignment' AND e.verb = 'unmatched_work_logged' AND e.at >= %(since)s AND e.at < %(until)s
      AND (k.scheme_id = ANY(%(schemes)s)
           OR k.id IS NULL AND EXISTS (SELECT FROM centres_approval a WHERE a.centre_id = p.centre_id
                                       AND a.scheme_id = ANY(%(schemes)s)))
"""
_RECALLED = """
    SELECT count(*), count(DISTINCT k.centre_id)
    FROM ledger_event e JOIN claims_claim k ON k.id = e.subject_id::bigint
    WHERE e.subject = 'claim' AND e.verb = 'claim_taken_back' AND e.at >= %(since)s AND e.at < %(until)s
      AND k.scheme_id = ANY(%(schemes)s)
"""
_AWAY = """
    SELECT (SELECT count(DISTINCT a.id) FROM allocation_absence a JOIN moderation_allocation m
            ON m.moderator_id = a.moderator_id AND m.days && a.days AND m.scheme_id = ANY(%(schemes)s)
            WHERE a.days && daterange(%(begins)s, %(ends)s, '[]') AND a.taken_back_at IS NULL),
           (SELECT count(DISTINCT m.centre_id) FROM allocation_absence a JOIN moderation_allocation m
            ON m.moderator_id = a.moderator_id AND m.days && a.days AND m.scheme_id = ANY(%(schemes)s)
            WHERE a.days && daterange(%(begins)s, %(ends)s, '[]') AND a.taken_back_at IS NULL),
           (SELECT count(*) FROM allocation_changerequest r WHERE r.scheme_id = ANY(%(schemes)s)
            AND r.asked_at >= %(since)s AND r.asked_at < %(until)s),
           (SELECT count(DISTINCT r.centre_id) FROM allocation_changerequest r WHERE r.scheme_id = ANY(%(schemes)s)
            AND r.asked_at >= %(since)s AND r.asked_at < %(until)s),
           (SELECT count(DISTINCT m.centre_id) FROM moderation_allocation m
            WHERE m.scheme_id = ANY(%(schemes)s) AND m.days @> %(ends)s::date AND NOT EXISTS (
                SELECT FROM letters_contact k WHERE k.centre_id = m.centre_id AND k.purpose = 'moderation'
                AND k.taken_away_at IS NULL AND k.bounced_at IS NULL
                AND (k.scheme_id IS NULL OR k.scheme_id = m.scheme_id)))
"""


def season(subject: Subject, schemes: Iterable[str], *, begins_on: date, ends_on: date, drafted_on: date) -> Season:
    """The figures of a year, both days inclusive. Seventeen queries, whatever the size."""
    codes = sorted(schemes)
    asked = {
        "schemes": codes,
        "since": datetime.combine(begins_on, time(), LONDON),
        "until": end_of_day(ends_on),
        "begins": begins_on,
        "ends": ends_on,
    }
    claims, centres, units, candidates, sound_candidates, sound_centres = _one(_CLAIMS + _SIZE, asked)
    outcomes, reasons, wrong = _decided(asked)
    bands = {row[0]: row[1:] for row in _rows(_CLAIMS + _SENT, asked)}
    reports, reported, pockets, pocketed = _one(_CLAIMS + _REPORTS, asked)
    parcels, parcel_centres, returned = _one(_PARCELS, asked)
    absences, absent_centres, changes, changing, unnamed = _one(_AWAY, asked)
    late_centres, waited_late, waited = _one(_CLAIMS + _WAITED, asked)
    never = bands.get("never", (0, 0, 0, None, 0))
    late = sum(row[2] for row in bands.values())
    return Season(
        subject=subject.title,
        begins_on=begins_on,
        ends_on=ends_on,
        drafted_on=drafted_on,
        centres=centres,
        claims=claims,
        units=units,
        candidates=candidates,
        outcomes=outcomes,
        reasons=reasons,
        wrong_evidence=wrong,
        sound_centres=sound_centres,
        sound_candidates=sound_candidates,
        sent=sum(row[0] for band, row in bands.items() if band not in ("never", "unknown")),
        late=Count(late, late_centres),
        days_waited=int(waited or 0),
        days_waited_late=int(waited_late or 0),
        delays={band: Count(row[0], row[1]) for band, row in bands.items()},
        ways={kind: Count(*row) for kind, *row in _rows(_CLAIMS + _WAYS, asked)},
        longest_delay=max((row[3] or 0 for row in bands.values()), default=0),
        unsent=Count(never[0], never[1]),
        claimed_again=never[4],
        unmatched=Count(parcels, parcel_centres),
        went_back=returned,
        recalled=Count(*_one(_RECALLED, asked)),
        again=Count(*_one(_AGAIN, asked)),
        reports=Count(reports, reported),
        pockets=Count(pockets, pocketed),
        absences=Count(absences, absent_centres),
        unnamed=unnamed,
        asked_for_change=Count(changes, changing),
        evidence=_evidence(codes, drafted_on),
        notices=_notices(codes, begins_on, drafted_on),
        community=Topic.objects.filter(subject=subject).exists(),
        **_documents(codes, begins_on, drafted_on),
    )


def _rows(sql: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return list(cursor.fetchall())


def _one(sql: str, asked: dict[str, Any]) -> tuple[Any, ...]:
    return _rows(sql, asked)[0]


def _decided(asked: dict[str, Any]) -> tuple[dict[str, Count], dict[str, Count], dict[str, Count]]:
    """Units by outcome, by reason, and those with the wrong evidence by scheme."""
    found: dict[str, dict[str, Count]] = defaultdict(dict)
    for kind, name, units, centres, wrong, wrong_centres in _rows(_CLAIMS + _DECIDED, asked):
        if kind == "scheme":
            found[kind][name] = Count(wrong, wrong_centres)
        elif name is not None:
            found[kind][name] = Count(units, centres)
    wrong_evidence = {scheme: count for scheme, count in found["scheme"].items() if count.known}
    return found["outcome"], found["reason"], wrong_evidence


def _evidence(codes: list[str], on: date) -> tuple[Evidence, ...]:
    """What each scheme takes on a day, by code."""
    titles = dict(Qualification.objects.filter(code__in=codes).values_list("code", "title"))
    kinds: dict[str, list[str]] = defaultdict(list)
    for policy in EvidencePolicy.objects.filter(scheme__in=codes).exclude(from_day__gt=on):
        kinds[policy.scheme_id].append(policy.kind)
    return tuple(
        Evidence(code, _without_level(titles[code]), kinds[code][-1], "automatic" in kinds[code][:-1])
        for code in codes
        if kinds[code]
    )


def _without_level(title: str) -> str:
    return re.sub(r"^(\w+ )?Level \d+ ", "", title)


def _notices(codes: list[str], begins_on: date, until: date) -> tuple[tuple[str, date], ...]:
    found = Notice.objects.filter(scheme__in=codes, published_on__range=(begins_on, until))
    return tuple(dict.fromkeys(found.order_by("-published_on", "title").values_list("title", "published_on")))


def _documents(codes: list[str], begins_on: date, until: date) -> dict[str, tuple[str, ...]]:
    """Titles that are new, updated and to come; a document that is new is not told as updated."""
    concerning = Q(schemes__in=codes) | Q(schemes=None)
    documents = set(SupportDocument.objects.filter(concerning, retired=False).values_list("pk", flat=True))
    within = (datetime.combine(begins_on, time(), LONDON), end_of_day(until))
    versions = DocumentVersion.objects.filter(document__in=documents, published_at__range=within)
    published = list(versions.values_list("document__title", "number").order_by("document__title"))
    new = dict.fromkeys(title for title, number in published if number == 1)
    updated = dict.fromkeys(title for title, number in published if number > 1 and title not in new)
    to_come = SupportDocument.objects.filter(pk__in=documents, current=0, added_at__lt=within[1])
    return {
        "new_documents": tuple(new),
        "updated_documents": tuple(updated),
        "documents_to_come": tuple(to_come.values_list("title", flat=True)),
    }
