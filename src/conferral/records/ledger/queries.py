"""Whether the ledger is as it was written."""

from typing import NamedTuple

from django.db import connection

# Each event is hashed again with the hash that stands before it. The text that is hashed is the trigger's own.
BROKEN_LINKS = """
WITH chained AS (
    SELECT e.*, row_number() OVER chain AS place, lag(e.hash, 1, '') OVER chain AS last_hash
    FROM ledger_event e WHERE e.stream = coalesce(%(stream)s, e.stream)
    WINDOW chain AS (PARTITION BY e.stream ORDER BY e.seq)
)
SELECT stream, seq FROM chained
WHERE seq <> place
   OR hash <> encode(sha256(convert_to(jsonb_build_array(
          last_hash, stream, seq, extract(epoch FROM at), verb, subject, subject_id, actor, audience, rules, facts
      )::text, 'UTF8')), 'hex')
ORDER BY stream, seq
"""


class Link(NamedTuple):
    """An event by its chain and its place in it."""

    stream: str
    seq: int

    def __str__(self) -> str:
        return f"event {self.seq} of {self.stream}"


def broken_links(stream: str | None = None) -> list[Link]:
    """The events, of one chain or of all, that do not follow from the one before them.

    An event that was changed shows itself; one that was removed or put in shows at the next one, and all
    after it are out of place. What was cut off the end, or a chain rewritten to its end, shows only against a
    head kept elsewhere. Call it in a role that sees every event.
    """
    with connection.cursor() as cursor:
        cursor.execute(BROKEN_LINKS, {"stream": stream})
        return [Link(*row) for row in cursor.fetchall()]
