"""Measuring the depth advice on labelled answers: the page of the documentation, and the same for one's own file."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from conferral.rules.depth import READING
from conferral.rules.depth_scores import Labelled, Score, read_labelled, score
from conferral.rules.verbs import COMMAND_VERBS

OWN = Path(__file__).with_name("answers.toml")


def measure(path: Path = OWN) -> dict[str, Any] | str:
    """Precision and recall over a file, by verb and together; a sentence when the file cannot be read."""
    try:
        answers = read_labelled(path.read_text("utf-8"))
    except OSError:
        return f"There is no file {path}. Give the path of a TOML file of labelled answers."
    except ValueError as wrong:
        return f"{path} cannot be read: {wrong}"
    return {
        "all": _figures(answers),
        "held_out": _figures(one for one in answers if one.held_out),
        "verbs": {verb: _figures(of) for verb, of in _by_verbs(answers).items()},
        "disagreements": [
            {"verb": one.verb, "level": one.level, "label": "thin" if one.thin else "enough", "answer": one.text}
            for one in answers if one.thin is not one.flagged
        ],
    }  # fmt: skip


def in_words(found: dict[str, Any]) -> str:
    """The figures for a person at a terminal."""
    rows = [("All", found["all"]), ("Held out", found["held_out"]), *found["verbs"].items()]
    lines = [f"{'':<44}{'answers':>8}{'thin':>6}{'precision':>11}{'recall':>8}"]
    lines += [
        f"{name[:43]:<44}{one['answers']:>8}{one['thin']:>6}{_share(one['precision']):>11}{_share(one['recall']):>8}"
        for name, one in rows
    ]
    return "\n".join(lines)


def depth_page() -> str:
    """docs/depth.md."""
    found = measure()
    assert isinstance(found, dict)
    rows = [("**All**", found["all"]), ("**Held out**", found["held_out"]), *found["verbs"].items()]
    return "\n\n".join(
        (
            "# How well the depth advice reads answers",
            "An answer that is blank, one word, or thin for its command verb and level is pointed out to assessor and "
            "moderator with a reason. It is advice: nothing is refused by it, and a person decides. It reads how an "
            "answer is made, never whether it is true.",
            f"The figures are measured on {found['all']['answers']} answers that were written and labelled for this "
            "purpose, in `src/conferral/cli/answers.toml`. *Precision* is the share of flagged answers that are thin, "
            "*recall* the share of thin answers that are flagged. Every second answer was held out: the advice was "
            "not tuned on it. Answers and advice come from the same hand, so expect less on answers "
            "of real candidates: `conferral depth FILE` measures a file of your own.",
            _table(rows),
            "## Where it disagrees with the label",
            "\n".join(
                f"- {one['verb']}, level {one['level']}, labelled {one['label']}: “{one['answer']}”"
                for one in found["disagreements"]
            ),
            f"How lengths were chosen: {READING.reading} Last looked at on {READING.reviewed.isoformat()}.",
        )
    )


def _table(rows: Iterable[tuple[str, dict[str, Any]]]) -> str:
    heads = ["| Verbs | Answers | Thin | Precision | Recall |", "|---|---|---|---|---|"]
    lines = [
        f"| {name} | {one['answers']} | {one['thin']} | {_share(one['precision'])} | {_share(one['recall'])} |"
        for name, one in rows
    ]
    return "\n".join([*heads, *lines])


def _by_verbs(answers: Iterable[Labelled]) -> dict[str, list[Labelled]]:
    by: dict[str, list[Labelled]] = {}
    for depth in COMMAND_VERBS.depths:
        if of := [one for one in answers if one.verb in depth.verbs]:
            by[", ".join(depth.verbs)] = of
    return by


def _figures(answers: Iterable[Labelled]) -> dict[str, Any]:
    said: Score = score(answers)
    return {"answers": said.answers, "thin": said.thin, "precision": said.precision, "recall": said.recall}


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"
