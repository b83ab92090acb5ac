"""E-alerts on their way: each waiting copy becomes a letter to its subscriber, with a link by which they stop."""

from datetime import datetime
from itertools import groupby

from conferral.actions.alerts import note_sent, stop_address
from conferral.actions.letters import write_to_persons
from conferral.records.access import acting_as
from conferral.records.guidance.models import Alert, AlertCopy
from conferral.rules.permissions import CLOCK

AT_ONCE = 500
MOST = 5000


def write_alerts(*, at: datetime, organisation: str, address: str) -> int:
    """Write a letter for each copy that waits, the oldest first, 5,000 at most; returns how many.

    The letters of one alert are written in a few statements, in one transaction with the note that they are.
    """
    written = 0
    while written < MOST:
        with acting_as(CLOCK):
            waiting = AlertCopy.objects.select_for_update(of=("self",), skip_locked=True).filter(sent_at=None)
            copies = list(waiting.select_related("alert").order_by("alert_id", "id")[:AT_ONCE])
            for alert, group in groupby(copies, key=lambda copy: copy.alert):
                texts = {copy.person_id: _text(alert, copy.person_id, organisation, address) for copy in group}
                about = ("alert", str(alert.pk))
                write_to_persons(texts, subject=alert.title, about=about, at=at, by=CLOCK)
            written += note_sent([copy.pk for copy in copies], at=at, by=CLOCK)
        if len(copies) < AT_ONCE:
            break
    return written


def _text(alert: Alert, person: int, organisation: str, address: str) -> str:
    return (
        f"{alert.get_kind_display()}: {alert.title}\n\n{alert.text}\n\n"
        f"Read it at {address}{alert.path}\n\n"
        f"You get this because you subscribed to e-alerts of {organisation}.\n"
        f"Stop one of them or all, without signing in: {stop_address(person, address)}"
    )
