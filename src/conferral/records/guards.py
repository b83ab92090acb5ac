"""Guards that the database itself holds: journeys, and tables that only grow."""

import pgtrigger

from conferral.rules.journeys import Journey


def keeps_to(journey: Journey, field: str = "state") -> list[pgtrigger.Trigger]:
    """Triggers that refuse a first state or a step which the journey's table does not hold."""
    starts = pgtrigger.Q(**{f"new__{field}__in": list(journey.starts)})
    return [
        pgtrigger.Protect(name="journey_start", operation=pgtrigger.Insert, condition=~starts),
        pgtrigger.FSM(name="journey_step", field=field, transitions=list(journey.steps)),
    ]


def only_grows() -> pgtrigger.Trigger:
    """A trigger that refuses to change or delete a row."""
    return pgtrigger.Protect(name="only_grows", operation=pgtrigger.Update | pgtrigger.Delete)


def refuses(
    name: str, sql: str, *, declare: list[tuple[str, str]] | None = None, on_update: bool = False
) -> pgtrigger.Trigger:
    """A row trigger in PL/pgSQL: `sql` ends by `RETURN NEW` and raises to refuse."""
    operation = pgtrigger.Insert | pgtrigger.Update if on_update else pgtrigger.Insert
    return pgtrigger.Trigger(name=name, when=pgtrigger.Before, operation=operation, func=sql, declare=declare or [])


def not_held(*, centre: str, scheme: str, registration: str) -> str:
    """PL/pgSQL that raises while a hold is open over a registration; the arguments are SQL.

    The turn in the centre's chain of events is taken first. Placing a hold writes into it too, so the two happen one
    after the other, and whoever comes second sees what the first has done.
    """
    return f"""
        PERFORM pg_advisory_xact_lock(hashtextextended('ledger ' || {centre}, 0));
        IF EXISTS (SELECT FROM holds_hold h WHERE h.state = 'open' AND h.centre_id = {centre}
                   AND (h.scheme_id IS NULL OR h.scheme_id = {scheme})
                   AND (h.registration_id IS NULL OR h.registration_id = {registration})
                   AND (h.claim_id IS NULL OR EXISTS (SELECT FROM claims_claimedunit u
                        WHERE u.claim_id = h.claim_id AND u.registration_id = {registration}))) THEN
            RAISE EXCEPTION 'certificate-held: registration %', {registration} USING ERRCODE = 'check_violation';
        END IF;
    """


def stays_when(name: str, sql: str) -> pgtrigger.Trigger:
    """A row trigger in PL/pgSQL on changing and deleting: `sql` returns the row, or raises to refuse."""
    return pgtrigger.Trigger(name=name, when=pgtrigger.Before, operation=pgtrigger.Update | pgtrigger.Delete, func=sql)
