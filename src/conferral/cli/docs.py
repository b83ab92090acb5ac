"""The pages under docs/ that are written from the code, and whether they are as the code would write them."""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from conferral.cli.coverage import coverage_page
from conferral.cli.depth import depth_page
from conferral.pages.public.journeys import TOLD, title
from conferral.pages.public.plain_refusals import PLAIN
from conferral.pages.public.rulebook import ANSWERS, CONCERNS, COUNTED_WITH, given_in_words, with_gaps
from conferral.rules.book import CHAPTERS, RULES, chapter_of
from conferral.rules.examples import Example, examples
from conferral.rules.journeys import JOURNEYS, Journey, Move
from conferral.rules.permissions import AUDIENCE_OF, PERMISSIONS, ROLES
from conferral.rules.policies import POLICIES
from conferral.rules.rule import REFUSED, Rule

PACKAGE = Path(__file__).resolve().parent.parent
WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
HEAD = "<!-- Written by `make docs` from the code. Change the code, not this page. -->\n\n"
_SETTING = re.compile(r"\b(?:CONFERRAL_[A-Z_]+|DATABASE_URL)\b")


def write_docs(root: Path) -> list[Path]:
    """Write every generated page that is out of date, and remove those of rules that are gone; returns them."""
    wanted, changed = pages(), stale_docs(root)
    for path in changed:
        name = path.relative_to(root).as_posix()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[name], encoding="utf-8") if name in wanted else path.unlink()
    return changed


def stale_docs(root: Path) -> list[Path]:
    """Generated pages that are missing, say something else than the code, or are of rules that are gone."""
    wanted = pages()
    stale = [root / name for name, text in wanted.items() if _read(root / name) != text]
    gone = [path for path in sorted((root / "docs" / "rules").glob("*.md")) if _name(path, root) not in wanted]
    return stale + gone


def pages() -> dict[str, str]:
    """The text of every generated page by its path in the repository."""
    made: dict[str, Callable[[], str]] = {
        "docs/rules/README.md": rule_index,
        "docs/rules/policy.md": policy_page,
        "docs/rules/coverage.md": coverage_page,
        "docs/depth.md": depth_page,
        "docs/journeys.md": journeys_page,
        "docs/permissions.md": permissions_page,
        "docs/settings.md": settings_page,
        "docs/commands.md": commands_page,
    }
    texts = {name: page() for name, page in made.items()}
    texts |= {f"docs/rules/{rule.id}.md": rule_page(rule) for rule in RULES}
    return {name: HEAD + text.strip() + "\n" for name, text in texts.items()}


def missing_words() -> list[str]:
    """Settings, permissions and subjects of which nobody has written what they are for, and words about nothing."""
    told = (
        ("setting", settings_read(), WORDS["settings"]),
        ("permission", PERMISSIONS, WORDS["permissions"]),
        ("subject of rules", {rule.subject for rule in RULES}, CONCERNS),
    )
    return [
        f"There is no {kind} {name} any more: remove its words." if name in words else f"Say what {kind} {name} is for."
        for kind, used, words in told
        for name in sorted(set(used) ^ words.keys())
    ]


def settings_read() -> set[str]:
    """The names of the environment variables that the code mentions."""
    texts = (path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py") if path != Path(__file__).resolve())
    return {name for text in texts for name in _SETTING.findall(text)}


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    heads = tuple(heads)
    lines = [heads, ("---",) * len(heads), *(tuple(cell.replace("|", "\\|") for cell in row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


# Rules


def rule_index() -> str:
    blocks = [
        "# Rule book",
        f"{len(RULES)} rules. Each is one function; these pages say what it refuses or warns of, what to do, and where "
        "it comes from. The values that rules count with have [a page of their own](policy.md), the documents that "
        "clauses name are in [sources](../domain/sources.md), and [coverage](coverage.md) says which numbered rule "
        "each carries.",
    ]
    for chapter, _ in CHAPTERS:
        rules = [rule for rule in RULES if chapter_of(rule) == chapter]
        rows = ([f"[{rule.id}]({rule.id}.md)", rule.heading, _outcome(rule), rule.clause] for rule in rules)
        blocks += [f"## {chapter}", table(("Rule", "Obligation", "Otherwise", "Clause"), rows)]
    rows = ([f"`{one.id}`", one.heading, f"{one.refuse} {one.remedy}"] for one in PLAIN.values())
    blocks += [
        "## Without facts",
        "These follow from what was asked and are not judged from facts.",
        table(("Refusal", "Obligation", "What is said"), rows),
    ]
    return "\n\n".join(blocks)


def rule_page(rule: Rule) -> str:
    lines = [f"# {rule.heading}", f"`{rule.id}` in chapter [{chapter_of(rule)}](README.md)", rule.explanation]
    lines.append(table(("", ""), _particulars(rule)))
    if rule.reading:
        lines += ["## How the source was read", f"{rule.reading} {_decided(rule.decided_by)}"]
    rows = ((_given(one), ANSWERS[one.outcome][1], one.text) for one in examples(rule))
    lines += ["## Examples, worked out by the rule", table(("Given", "Answer", "What is said"), rows)]
    values = COUNTED_WITH.get(rule.id, ())
    if values:
        lines += ["## Counted with", table(("Value", "", "Clause"), (_value(name) for name in values))]
    return "\n\n".join(line for line in lines if line)


def _given(example: Example) -> str:
    return "; ".join(f"{name}: {value}" for name, value in given_in_words(example))


def _particulars(rule: Rule) -> Iterator[tuple[str, str]]:
    yield ("Refusal" if rule.outcome == REFUSED else "Warning"), with_gaps(rule.refuse)
    yield "What to do", with_gaps(rule.remedy)
    yield "Clause", f"{rule.clause} ([sources](../domain/sources.md))"
    if rule.subject in CONCERNS:
        yield "Concerns", CONCERNS[rule.subject]
    if rule.needs:
        yield "Applies when known", ", ".join(name.replace("_", " ") for name in rule.needs)
    since, until = (day and f"{day.day} {day:%B %Y}" for day in (rule.since, rule.until))
    if since or until:
        yield (
            "In force",
            " ".join(filter(None, (since and f"from {since}", until and f"until {until}"))) + ", inclusive",
        )
    if rule.rulebook:
        yield "Carries", ", ".join(rule.rulebook)


def _outcome(rule: Rule) -> str:
    return "refused" if rule.outcome == REFUSED else "warned"


def _decided(by: str) -> str:
    return "Decided by this organisation." if by == "house" else ""


def _value(name: str) -> tuple[str, str, str]:
    value = POLICIES[name]
    return f"`{name}`", f"{value.value} {value.unit}", value.clause


def policy_page() -> str:
    rows = (
        [*_value(name), f"{one.reviewed.isoformat()}", f"{one.reading} {_decided(one.decided_by)}".strip()]
        for name, one in POLICIES.items()
    )
    return "\n\n".join(
        (
            "# Values that rules count with",
            "They stand in `src/conferral/rules/policy/`. Dates of a scheme are in its [pack](../../packs/).",
            table(("Name", "Value", "Clause", "Last reviewed", "How the source was read"), rows),
        )
    )


# Journeys


def journeys_page() -> str:
    blocks = [
        "# Journeys",
        "What travels, from which state to which, by whose hand. The verbs of the actions and a guard in the database "
        "keep to these tables.",
    ]
    for name, journey in JOURNEYS.items():
        blocks += [f"## {title(journey)}", TOLD[name], f"```mermaid\n{journey.mermaid()}\n```", _moves(journey)]
    return "\n\n".join(blocks)


def _moves(journey: Journey) -> str:
    return table(("From", "Verb", "To", "By", "Unless"), (_move(move) for move in journey.moves))


def _move(move: Move) -> tuple[str, ...]:
    rules = ", ".join(f"[{rule.id}](rules/{rule.id}.md)" for rule in move.unless)
    return move.state, move.verb, move.to, move.by, rules


# Permissions, settings, commands


def permissions_page() -> str:
    rows = (
        [f"`{name}`", WORDS["permissions"][name], *("yes" if role in roles else "" for role in ROLES)]
        for name, roles in PERMISSIONS.items()
    )
    audiences = table(("Role", "Audience"), ((role.replace("_", " "), AUDIENCE_OF[role]) for role in ROLES))
    return "\n\n".join(
        (
            "# Who may do what",
            "Each page names one permission, and one gate asks for it. Which rows a person then sees is decided by the "
            "database ([decision 15](decisions/0015-one-gate-and-row-level-security.md)).",
            audiences,
            table(("Permission", "Lets them", *(role.replace("_", " ") for role in ROLES)), rows),
        )
    )


def settings_page() -> str:
    rows = ([f"`{name}`", words["says"], words["unset"]] for name, words in WORDS["settings"].items())
    return "\n\n".join(
        (
            "# Settings",
            "Everything that an operator may change is an environment variable. See also [production](production.md).",
            table(("Variable", "What it is for", "When it is not set"), rows),
        )
    )


def commands_page() -> str:
    from typer import Context
    from typer.cli import get_docs_for_click
    from typer.main import get_command

    from conferral.cli.main import app

    command = get_command(app)
    text = get_docs_for_click(obj=command, ctx=Context(command, info_name="conferral"), name="conferral")
    return text.replace("# `conferral`", "# Commands", 1)


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()
