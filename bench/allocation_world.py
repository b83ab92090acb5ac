"""Centres whose work waits for a moderator, and moderators with schemes, contracts, interests and days away.

The rows go in as the owner of the tables with their triggers off; the same sizes give the same rows.
"""

import random
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from conferral.cli.run import load_catalogue, prepare
from conferral.rules.days import london_day

OUTWARD = ("LS1", "M1", "B1", "CF31", "BT1", "EH1", "E15", "TR1", "NG1", "CB1", "SO14", "NE1", "SY20")
# A moderator is agreed for 20 batches and holds 6 of them, on average; what waits is nine tenths of what is left.
MOST, HELD, WAITING = (10, 30), 0.3, 0.9


def load(batches: int, moderators: int) -> int:
    """Make the schema and fill it; returns how many batches wait."""
    prepare()
    load_catalogue(settings.PACKS)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SELECT code FROM catalogue_qualification ORDER BY code")
        schemes = [code for (code,) in cursor.fetchall()]
        for table, columns, rows in _tables(batches, moderators, schemes, london_day(settings.CLOCK())):
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    return batches


def _tables(batches: int, moderators: int, schemes: list[str], day: date) -> list[tuple[str, str, list[Any]]]:
    dice = random.Random(1)
    people = range(1, moderators + 1)
    scale = batches / (WAITING * moderators * sum(MOST) / 2 * (1 - HELD))
    most = [max(1, round(scale * dice.randint(*MOST))) for _ in people]
    held = [round(HELD * number) for number in most]
    pairs = batches + sum(held)
    per_centre = max(2, -(-pairs // 70_000))
    places = [(20001 + place // per_centre, dice.sample(schemes, len(schemes))[:per_centre]) for place in
              range(0, pairs, per_centre)]  # fmt: skip
    work = [(str(centre), scheme) for centre, chosen in places for scheme in chosen][:pairs]
    dice.shuffle(work)
    waiting, allocated = work[:batches], work[batches:]
    centres = sorted({centre for centre, _ in work})
    holders = [person for person, number in zip(people, held, strict=True) for _ in range(number)]
    begun = date(2020, 9, 1)
    return [
        ("people_person", "id, name, email, password, is_active",
         [(one, f"Moderator {one}", None, "!", True) for one in people]),
        ("moderation_moderator", "person_id, address, region",
         [(one, f"1 High Street\nSomewhere {dice.choice(OUTWARD)} 1AA", "") for one in people]),
        ("centres_centre", "number, name, nation, address, telephone",
         [(one, f"Centre {one}", "england", f"2 High Street\nSomewhere {dice.choice(OUTWARD)} 1AA", "")
          for one in centres]),
        ("centres_approval", "centre_id, scheme_id, approved_on", [(*one, begun) for one in work]),
        ("candidates_candidate", "id, centre_id, uln, first_names, last_name, born_on, centre_reference",
         [(one, centre, f"{one:010}", "A", "B", date(1990, 1, 1), "") for one, (centre, _) in enumerate(waiting, 1)]),
        ("candidates_registration", "centre_id, candidate_id, scheme_id, attempt, registered_on, state",
         [(centre, one, scheme, 1, day - timedelta(days=dice.randint(1, 60)), "registered")
          for one, (centre, scheme) in enumerate(waiting, 1)]),
        ("moderation_allocation", "centre_id, scheme_id, moderator_id, days",
         [(*one, person, f"[{begun},)") for one, person in zip(allocated, holders, strict=True)]
         + [(*one, dice.choice(people), f"[{begun},{day - timedelta(days=90)})") for one in waiting
            if dice.random() < 0.5]),
        ("allocation_competence", "moderator_id, scheme_id, since",
         [(one, scheme, begun) for one in people for scheme in dice.sample(schemes, max(2, len(schemes) // 4))]),
        ("allocation_contract", "moderator_id, days, most_batches",
         [(one, f"[{begun},)", number) for one, number in zip(people, most, strict=True)]),
        ("allocation_absence", "moderator_id, days, entered_by_id, entered_at",
         [(one, f"[{start},{start + timedelta(days=dice.randint(1, 20))})", one, "2026-01-01T00:00Z")
          for one in people if dice.random() < 0.2
          for start in [day + timedelta(days=dice.randint(-5, 40))]]),
        ("moderation_interest", "moderator_id, centre_id, declared_on, kind",
         [(one, centre, begun, "other") for one in people for centre in dice.sample(centres, 5)]),
    ]  # fmt: skip
