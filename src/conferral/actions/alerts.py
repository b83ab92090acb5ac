"""E-alerts: subscribing, announcing what was published, and stopping."""

from collections.abc import Sequence
from datetime import datetime

from django.core import signing
from django.db import connection, transaction

from conferral.actions.ledger import Done, record
from conferral.records.centres.models import Membership
from conferral.records.guidance.models import Alert, AlertCopy, Subscription
from conferral.rules.book import rules_on
from conferral.rules.facts import SubscriptionFacts
from conferral.rules.permissions import Acting
from conferral.rules.rule import Verdict, judge

_STOP = "conferral.stop-alerts"
# One copy for each person who subscribed to a scheme concerned, or to a subject that has one, in a role that they
# still hold and that the thing is written for. No schemes, or no roles, mean all.
_COPIES = """
    INSERT INTO guidance_alertcopy (alert_id, person_id)
    SELECT DISTINCT %(alert)s::bigint, s.person_id
    FROM guidance_subscription s
    JOIN centres_membership m ON m.person_id = s.person_id AND m.role = s.role
    JOIN people_person p ON p.id = s.person_id AND p.is_active AND p.email IS NOT NULL
    WHERE (%(schemes)s::varchar[] = '{}' OR s.scheme_id = ANY(%(schemes)s::varchar[])
           OR s.subject_id IN (SELECT subject_id FROM guidance_subject_schemes
                               WHERE qualification_id = ANY(%(schemes)s::varchar[])))
      AND (%(roles)s::varchar[] = '{}' OR s.role = ANY(%(roles)s::varchar[]))
"""


@transaction.atomic
def announce(
    kind: str,
    key: str,
    *,
    title: str,
    text: str,
    path: str,
    schemes: Sequence[str] = (),
    roles: Sequence[str] = (),
    at: datetime,
) -> int:
    """Say that something was published, and write one copy per subscriber, in one statement; returns how many.

    Called by the action that publishes, in its transaction. Safe to repeat: a thing is announced once.
    `path` is where it is read. Clause: moderation report 2012, paragraph 7.
    """
    alert, new = Alert.objects.get_or_create(
        kind=kind, key=key, defaults={"title": title[:300], "text": text, "path": path, "published_at": at}
    )
    if not new:
        return 0
    alert.schemes.set(list(schemes))  # type: ignore[arg-type]
    with connection.cursor() as cursor:
        cursor.execute(_COPIES, {"alert": alert.pk, "schemes": list(schemes), "roles": list(roles)})
        return int(cursor.rowcount)


@transaction.atomic
def subscribe(
    *, role: str, subject: str | None = None, scheme: str | None = None, at: datetime, by: Acting
) -> tuple[Verdict, bool]:
    """Hear of what is published for a subject or a scheme, in a role that the person holds. Safe to repeat."""
    held = Membership.objects.filter(person=by.somebody, role=role).exists()
    verdict = judge(SubscriptionFacts(role=role.replace("_", " "), role_held=held), rules_on("subscription"))
    if verdict.refused:
        return verdict, False
    _, new = Subscription.objects.get_or_create(
        person_id=by.somebody, role=role, subject_id=subject, scheme_id=scheme, defaults={"made_at": at}
    )
    return verdict, new


@transaction.atomic
def unsubscribe(subscriptions: Sequence[int], *, by: Acting) -> int:
    """Stop hearing of these, of the person's own; returns how many. Safe to repeat."""
    found = Subscription.objects.filter(person=by.somebody, pk__in=subscriptions)
    return found.delete()[0]


@transaction.atomic
def note_sent(copies: Sequence[int], *, at: datetime, by: Acting) -> int:
    """Remember that their letters are written; returns how many were not before."""
    count = AlertCopy.objects.filter(pk__in=copies, sent_at=None).update(sent_at=at)
    if count:
        record([Done("alerts_sent", "alert", "letters", facts={"letters": count})], at=at, by=by)
    return count


def stop_token(person: int) -> str:
    """What a mail's link names its reader by. It needs no sign-in, says nothing else, has no end
    and is the same each time."""
    return signing.Signer(salt=_STOP).sign_object(person)


def stop_address(person: int, address: str) -> str:
    """Where a person stops e-alerts without signing in; `address` is the public one."""
    return f"{address}/alerts/stop/{stop_token(person)}/"


def stopped_by(token: str) -> Acting | None:
    """The person whom a token names, without a role; None when it was not signed here."""
    try:
        return Acting("public", int(signing.Signer(salt=_STOP).unsign_object(token)))
    except (signing.BadSignature, ValueError, TypeError):
        return None
