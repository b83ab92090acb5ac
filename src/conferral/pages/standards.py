"""The marks of a closed exercise side by side, and how far those who marked agree."""

from typing import Any

from conferral.records.standards.models import Exercise
from conferral.records.standards.queries import agreed, marks_of

TAGS = {"confirmed": "ready", "amended": "can-finish", "not_awarded": "cannot", "withdrawn": "at-risk"}


def compared(exercise: Exercise) -> dict[str, Any]:
    """A row per piece with everybody's mark, and the measure of agreement."""
    pieces, people, marks = marks_of(exercise)
    found = agreed(exercise)
    rows = []
    for piece in pieces:
        made = [marks.get((piece.pk, who.pk)) for who in people]
        said = {one.outcome for one in made if one}
        cells = [{"name": who.name, "mark": one, "tag": TAGS.get(one.outcome, "") if one else ""}
                 for who, one in zip(people, made, strict=True)]  # fmt: skip
        rows.append({"piece": piece, "cells": cells, "apart": len(said) > 1})
    value = "" if found.value is None else f"{found.value + 0:.2f}".replace("-", "−")
    agreeing = sum(not row["apart"] for row in rows)
    return {"people": people, "rows": rows, "agreed": agreeing, "measure": found.measure, "value": value}
