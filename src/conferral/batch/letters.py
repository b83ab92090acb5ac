"""Sending letters by mail, and reading the reports of mail that came back."""

import email
import email.policy
import logging
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import Message
from smtplib import SMTPDataError, SMTPException, SMTPNotSupportedError, SMTPRecipientsRefused
from typing import Any

from django.core.mail import EmailMessage, get_connection
from django.db.models import Q

from conferral.actions.alerts import stop_address
from conferral.actions.letters import copy_of, copy_token, note_came_back, note_left, note_not_taken
from conferral.records.access import acting_as
from conferral.records.letters.models import Letter, LetterCopy
from conferral.rules.permissions import CLOCK
from conferral.rules.policies import policy

log = logging.getLogger(__name__)
AT_ONCE = 200
MOST = 2000
_HOST = "letters.conferral.invalid"
_IDENTITY = re.compile(r"<([A-Za-z0-9_.\-]+)@" + re.escape(_HOST) + ">")
_FINAL = 500
_BETWEEN_TRIES = timedelta(minutes=15)
_LARGEST = 1_000_000  # octets of a report that are read: the part that counts stands near its top


def mail_letters(*, at: datetime, organisation: str, address: str) -> int:
    """Send the copies that wait, the oldest first, 2,000 at most; returns how many have left.

    An address that the relay refuses for good, or again and again, counts as dead. When the relay itself fails,
    what has left is remembered and the rest waits.
    """
    sent, last = 0, 0
    while sent < MOST:
        with acting_as(CLOCK):
            waiting = LetterCopy.objects.filter(sent_at=None, bounced_at=None, pk__gt=last)
            waiting = waiting.filter(Q(tried_at=None) | Q(tried_at__lte=at - _BETWEEN_TRIES))
            copies = list(waiting.select_related("letter", "letter__centre").order_by("id")[:AT_ONCE])
            left, relay_answers = _send(copies, at, organisation, address)
            sent += note_left(left, at=at, by=CLOCK)
        if len(copies) < AT_ONCE or not relay_answers:
            break
        last = copies[-1].pk
    return sent


def _send(copies: list[LetterCopy], at: datetime, organisation: str, address: str) -> tuple[list[int], bool]:
    left: list[int] = []
    try:
        with get_connection() as relay:
            for copy in copies:
                try:
                    mail(copy, organisation, address, relay).send()
                    left.append(copy.pk)
                except SMTPRecipientsRefused as refused:
                    code, words = next(iter(refused.recipients.values()))
                    _not_taken(copy, code, words, at)
                except SMTPDataError as refused:  # of what is written, not of whom it is to
                    note_not_taken(copy.pk, _in_words(refused.smtp_code, refused.smtp_error), at=at, by=CLOCK)
                except (ValueError, SMTPNotSupportedError) as error:  # an address that no mail can carry
                    note_came_back(copy.pk, f"not an address: {error}", at=at, by=CLOCK)
    except (OSError, SMTPException) as error:
        log.error("%s letters wait: %s", len(copies) - len(left), error)
        return left, False
    return left, True


def _not_taken(copy: LetterCopy, code: int, words: bytes | str, at: datetime) -> None:
    because = _in_words(code, words)
    if code >= _FINAL or copy.tries + 1 >= policy("tries_before_mail_came_back"):
        note_came_back(copy.pk, because, at=at, by=CLOCK)
    else:
        note_not_taken(copy.pk, because, at=at, by=CLOCK)


def _in_words(code: int, words: bytes | str) -> str:
    return f"{code} {words.decode('utf-8', 'replace') if isinstance(words, bytes) else words}"


def mail(copy: LetterCopy, organisation: str, address: str, relay: Any = None) -> EmailMessage:
    """The mail itself, in plain text. Its identity names the copy, so that a report of its return can be believed."""
    letter = copy.letter
    asks = "\nPlease say there that you have read it.\n" if letter.asks_acknowledgement else ""
    to = f"centre {letter.centre}" if letter.centre else letter_name(copy)
    text = f"{letter.text}\n\nThis letter, to {to}: {address}/letters/{letter.pk}/\n{asks}\n{organisation}\n"
    return EmailMessage(
        letter.subject, text, to=[copy.email],
        headers={"Message-ID": f"<{copy_token(copy.pk)}@{_HOST}>", "Auto-Submitted": "auto-generated"}
        | _stopping(letter, address),
        connection=relay,
    )  # fmt: skip


def _stopping(letter: Letter, address: str) -> dict[str, str]:
    """An e-alert carries where it is stopped, so that a mail reader can offer it."""
    if letter.about_kind != "alert" or letter.person_id is None:
        return {}
    return {
        "List-Unsubscribe": f"<{stop_address(letter.person_id, address)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def letter_name(copy: LetterCopy) -> str:
    """The reader of a copy on one line."""
    return " ".join(copy.name.split())


@dataclass(frozen=True)
class Returned:
    """What a report of returned mail comes to. `copy` is None when it is about no letter of ours."""

    copy: int | None
    why: str
    new: bool = False


def take_report(report: bytes, *, at: datetime) -> Returned:
    """Read a delivery status notification (RFC 3464), and flag the address when the failure is final.

    Believed only when it carries the identity of a mail that was sent from here. Never raises for what it reads.
    """
    try:
        parsed = email.message_from_bytes(report[:_LARGEST], policy=email.policy.compat32)
        action, status, diagnosis = _status(parsed)
    except (ValueError, LookupError, RecursionError):
        return Returned(None, "It could not be read as a mail.")
    if action is None:
        return Returned(None, "It is not a delivery status notification: nothing in it says that a mail failed.")
    if action != "failed":
        return Returned(None, f"It says “{action}”, which is not a final failure; the relay still tries or has sent.")
    copies = {copy for token in _IDENTITY.findall(report[:_LARGEST].decode("latin-1")) if (copy := copy_of(token))}
    if len(copies) != 1:
        return Returned(None, "It does not carry the identity of one letter that was sent from here.")
    (copy,) = copies
    because = " ".join(f"{status} {diagnosis}".split())[:300] or "the relay gave no reason"
    return Returned(copy, because, note_came_back(copy, because, at=at, by=CLOCK))


def _status(report: Message) -> tuple[str | None, str, str]:
    """Action, status and diagnosis of the first recipient that failed, else of the first one."""
    found: list[tuple[str | None, str, str]] = []
    for part in report.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload()
        for block in blocks if isinstance(blocks, list) else []:
            if isinstance(block, Message) and block["Action"]:
                said = str(block["Diagnostic-Code"] or "")
                found.append((str(block["Action"]).strip().lower(), str(block["Status"] or ""), said))
    failed = [one for one in found if one[0] == "failed"]
    return next(iter(failed or found), (None, "", ""))
