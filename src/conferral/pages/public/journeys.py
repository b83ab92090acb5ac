"""The journeys: who moves what from which state to which, and what stands against it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from conferral.rules.journeys import JOURNEYS, Journey

WHO = {
    "centre": "the centre",
    "moderator": "the moderator or verifier",
    "desk": "the awarding organisation",
    "clock": "nobody: it happens when its time has come",
}
TOLD = {
    "claim": "From the draft that a centre builds to the claim that has been processed.",
    "claimed-unit": "One unit of one candidate in a claim, and its one outcome.",
    "consignment": "The parcel of work: awaited, sent, received, and matched to its claim or returned.",
    "stored-file": "A file of evidence: announced, arrived, and kept or refused.",
    "registration": "A candidate on a scheme, from registration to certificate.",
    "certificate": "From due to issued; revoked if it was wrong.",
    "change-request": "A centre asks for another moderator; the desk gives one, or says why not.",
    "annual-report": "The yearly report to centres, from its draft to its publication.",
    "review": "A review of moderation, or an appeal against one, from the asking to the outcome that is in force.",
    "hold": "While it is open nothing is awarded or certificated; somebody lifts it, and says why.",
    "suspicion": "Malpractice that somebody suspects, reported at once: the desk holds results, or closes the report.",
    "exercise": "A standardisation exercise: marked blind while it is open, compared once it is closed.",
    "required-action": "What a feedback report asks of a centre, its reply, and what was found of that.",
    "question": "What a moderator asks a centre about one unit before deciding on it, and the answer.",
    "proposed-allocation": "What a run proposes for a centre's work: locked, accepted, or replaced by the next run.",
}


def words(state: str) -> str:
    return state.replace("_", " ")


def listing(request: HttpRequest) -> HttpResponse:
    """The journeys there are."""
    rows = [{"name": name, "title": title(known), "told": TOLD[name]} for name, known in JOURNEYS.items()]
    return render(request, "rules/journeys.html", {"page": {"title": "Journeys", "rows": rows}})


def title(journey: Journey) -> str:
    article = "an" if journey.name[0] in "aeiou" else "a"
    return f"The journey of {article} {journey.name}"


def journey(request: HttpRequest, name: str) -> HttpResponse:
    """One journey as a diagram and as a table. Raises Http404 when there is none."""
    if name not in JOURNEYS:
        raise Http404(name)
    known = JOURNEYS[name]
    moves = [
        {
            "state": words(move.state),
            "verb": words(move.verb),
            "to": words(move.to),
            "stays": move.state == move.to,
            "by": WHO[move.by],
            "unless": [rule.id for rule in move.unless],
        }
        for move in known.moves
    ]
    ends = [words(state) for state in known.states if state not in {move.state for move in known.moves}]
    page = {
        "title": title(known),
        "told": TOLD[name],
        "picture": f"conferral/journeys/{name}.svg",
        "starts": [words(state) for state in known.starts],
        "ends": ends,
        "moves": moves,
        "judged": any(move.unless for move in known.moves),
        "others": [{"name": other, "title": title(one), "current": other == name} for other, one in JOURNEYS.items()],
    }
    return render(request, "rules/journey.html", {"page": page})
