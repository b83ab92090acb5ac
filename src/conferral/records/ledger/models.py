"""The ledger: one event for each action on each thing, only ever added, each chained to the one before."""

from django.db import models

from conferral.records.guards import only_grows, refuses


class Event(models.Model):
    """What was done, when, by whom, and which rules judged which facts. Holds no personal data.

    `stream` is the centre's number, or `organisation`. Within a stream `seq` counts from 1 and `hash`
    covers the event and the hash before it; the database writes both.
    """

    stream = models.CharField(max_length=12)
    seq = models.BigIntegerField(default=0)
    at = models.DateTimeField()
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=30)
    subject_id = models.CharField(max_length=60)
    actor = models.BigIntegerField(null=True)
    audience = models.CharField(max_length=20)
    rules = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    hash = models.CharField(max_length=64, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="event_place_in_stream")]
        indexes = [models.Index(fields=["subject", "subject_id", "id"], name="event_of_subject")]
        triggers = [
            only_grows(),
            refuses(
                "chained",
                """
                PERFORM pg_advisory_xact_lock(hashtextextended('ledger ' || NEW.stream, 0));
                SELECT e.seq, e.hash INTO last_seq, last_hash FROM ledger_event e
                WHERE e.stream = NEW.stream ORDER BY e.seq DESC LIMIT 1;
                NEW.seq := coalesce(last_seq, 0) + 1;
                NEW.hash := encode(sha256(convert_to(jsonb_build_array(
                    coalesce(last_hash, ''), NEW.stream, NEW.seq, extract(epoch FROM NEW.at), NEW.verb, NEW.subject,
                    NEW.subject_id, NEW.actor, NEW.audience, NEW.rules, NEW.facts)::text, 'UTF8')), 'hex');
                RETURN NEW;
                """,
                declare=[("last_seq", "bigint"), ("last_hash", "text")],
            ),
        ]
