"""Sending e-alerts: one mail per subscriber, with a link by which they stop."""

import logging
from datetime import datetime
from smtplib import SMTPException

from django.core.mail import EmailMessage, get_connection

from conferral.actions.alerts import note_sent, stop_token
from conferral.records.access import acting_as
from conferral.records.guidance.models import AlertCopy
from conferral.rules.permissions import CLOCK

log = logging.getLogger(__name__)
AT_ONCE = 200  # mails between two commits: as many are sent again at most when the machine fails in between
MOST = 2000


def mail_alerts(*, at: datetime, organisation: str, address: str) -> int:
    """Send the copies that wait, the oldest first, 2,000 at most; returns how many have left.

    Only one such job runs at a time. When the relay fails, what has left is remembered and the rest waits.
    """
    sent = 0
    while sent < MOST:
        with acting_as(CLOCK):
            waiting = AlertCopy.objects.filter(sent_at=None).select_related("alert", "person").order_by("id")
            copies = list(waiting[:AT_ONCE])
            left = _send(copies, organisation, address)
            sent += note_sent(left, at=at, by=CLOCK)
        if len(left) < AT_ONCE:
            break
    return sent


def _send(copies: list[AlertCopy], organisation: str, address: str) -> list[int]:
    left: list[int] = []
    try:
        with get_connection() as relay:
            for copy in copies:
                letter(copy, organisation, address, relay).send()
                left.append(copy.pk)
    except (OSError, SMTPException) as error:
        log.error("%s e-alerts wait: %s", len(copies) - len(left), error)
    return left


def letter(copy: AlertCopy, organisation: str, address: str, relay: object = None) -> EmailMessage:
    """The mail itself, in plain text."""
    alert = copy.alert
    stop = f"{address}/alerts/stop/{stop_token(copy.person_id)}/"
    text = (
        f"{alert.get_kind_display()}: {alert.title}\n\n{alert.text}\n\n"
        f"Read it at {address}{alert.path}\n\n"
        f"You get this because you subscribed to e-alerts of {organisation}.\n"
        f"Stop one of them or all, without signing in: {stop}\n"
    )
    return EmailMessage(
        " ".join(alert.title.split()),
        text,
        to=[copy.person.email],
        headers={"List-Unsubscribe": f"<{stop}>", "Auto-Submitted": "auto-generated"},
        connection=relay,
    )
