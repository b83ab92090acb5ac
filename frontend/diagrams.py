"""The journeys of the rule book as DOT text, for drawing."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from conferral.rules.journeys import JOURNEYS

INK, QUIET, GREEN, BRASS, PAPER, RED = "#16211f", "#4a5755", "#14564d", "#b88a2d", "#f4f1ea", "#a3241b"
BY = {"centre": GREEN, "moderator": "#235f8f", "desk": "#76520c", "clock": RED}
FONT = 'fontname="Helvetica,Arial,sans-serif"'


def diagrams():
    """Each journey's name with its DOT text."""
    return {name: dot(journey) for name, journey in JOURNEYS.items()}


def dot(journey):
    ends = set(journey.states) - {move.state for move in journey.moves}
    lines = [
        "digraph {",
        f'graph [rankdir=TB, bgcolor="transparent", nodesep=0.5, ranksep=0.55, {FONT}]',
        f'node [shape=box, style="rounded,filled", fillcolor="{PAPER}", color="{QUIET}", fontcolor="{INK}",'
        f' fontsize=15, margin="0.2,0.1", {FONT}]',
        f"edge [fontsize=13, arrowsize=0.7, {FONT}]",
        f'start [shape=circle, label="", width=0.16, fillcolor="{BRASS}", color="{BRASS}"]',
    ]
    lines += [f'"{state}" [label="{words(state)}"{look(state in ends)}]' for state in journey.states]
    lines += [f'start -> "{state}" [color="{BRASS}"]' for state in journey.starts]
    lines += [arrow(*pair, verbs) for pair, verbs in together(journey).items()]
    return "\n".join([*lines, "}"])


def together(journey):
    """The moves between the same two states share an arrow: their verbs, each with those who may do it."""
    found = {}
    for move in journey.moves:
        found.setdefault((move.state, move.to), {}).setdefault(move.verb, []).append(move.by)
    return found


def arrow(state, to, verbs):
    lines = [line for verb, by in verbs.items() for line in label_of(verb, by)]
    doers = {by for doers in verbs.values() for by in doers}
    colour = BY[doers.pop()] if len(doers) == 1 else INK
    label = "\\n".join(f"  {line}  " for line in lines)
    return f'"{state}" -> "{to}" [label="{label}", color="{colour}", fontcolor="{colour}"]'


def label_of(verb, by):
    """One line, or two when several may do it."""
    who = f"({', '.join(by)})"
    return [words(verb), who] if len(by) > 1 else [f"{words(verb)} {who}"]


def look(ends):
    return f', peripheries=2, fillcolor="#ffffff", color="{GREEN}"' if ends else ""


def words(name):
    return name.replace("_", " ")
