"""Answering the 21 questions for any scheme and day, one by one or as one document."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from conferral.actions.asking import ask_claim, ask_registration
from conferral.actions.worked_answers import Case, worked_cases
from conferral.records.catalogue.models import Alternative, Qualification, SchemeUnit, Source, Withdrawal
from conferral.records.catalogue.queries import safe_claim_of
from conferral.rules.days import months_before
from conferral.rules.faq import QUESTIONS, Question, question, said
from conferral.rules.faq.known import SCHEMES, Citation, Known, Link, Other, Said, Shared, Told, listed
from conferral.rules.policies import policy
from conferral.rules.withdrawals import Family, Point

_REGISTER = "ofqual-register"
_YEARS = range(1900, 2201)
_MOST_NAMED = 4  # longer lists of codes hide the sentence


class Unanswerable(LookupError):
    """A question, scheme or document that does not exist; its text is a sentence for the person who asked."""


@dataclass(frozen=True)
class Answer:
    """What is answered to one question for one or more schemes on a day. The first sentence is the short answer.

    `facts` are the values that the sentences rest on; `cases` were judged just now; `heading` says whom a part of
    a longer answer concerns.
    """

    question: Question
    schemes: tuple[str, ...]
    on: date
    text: tuple[str, ...]
    facts: Mapping[str, Any]
    clauses: tuple[str, ...]
    readings: tuple[str, ...]
    rules: tuple[str, ...]
    links: tuple[Link, ...]
    cases: tuple[Case, ...] = ()
    heading: str = ""

    @property
    def short(self) -> str:
        """The answer in one sentence."""
        return self.text[0]

    def as_json(self) -> dict[str, Any]:
        """The answer as the command line prints it: dates as ISO text."""
        return {
            "question": self.question.number,
            "title": self.question.title,
            "scheme": ", ".join(self.schemes),
            "on": self.on.isoformat(),
            "text": list(self.text),
            "facts": {name: _plain(value) for name, value in self.facts.items()},
            "clauses": list(self.clauses),
            "readings": list(self.readings),
            "rules": list(self.rules),
            "links": [asdict(link) for link in self.links],
            "cases": [case.as_json() for case in self.cases],
        }


@dataclass(frozen=True)
class Section:
    """One question of a document, and what is answered: to all schemes, or to some of them."""

    question: Question
    answers: tuple[Answer, ...]

    @property
    def clauses(self) -> tuple[str, ...]:
        """The clauses that the answers rest on, a document each."""
        return _together(clause for one in self.answers for clause in one.clauses)

    @property
    def readings(self) -> tuple[str, ...]:
        """How this organisation read them."""
        return tuple(dict.fromkeys(reading for one in self.answers for reading in one.readings))


@dataclass(frozen=True)
class Document:
    """All questions with their answers for the schemes of a withdrawal, or for one scheme.

    `dated` says whether the schemes' last dates had been announced on the day.
    """

    id: str
    title: str
    on: date
    schemes: tuple[Qualification, ...]
    dated: bool
    sections: tuple[Section, ...]

    @property
    def clauses(self) -> tuple[str, ...]:
        """Every clause that an answer rests on, once."""
        return tuple(dict.fromkeys(clause for section in self.sections for clause in section.clauses))


def answer(number: int, scheme: str, on: date) -> Answer:
    """What is answered to a question for a scheme on a London day. Raises Unanswerable."""
    asked, known = _question(number), known_on(scheme, on)
    return _answer(asked, said(number, known), [known], worked_cases(number, known))


def short_answers(scheme: str, on: date) -> list[Answer]:
    """Every question with its answer for one scheme, without worked cases. Raises Unanswerable."""
    known = known_on(scheme, on)
    return [_answer(one, said(one.number, known), [known]) for one in QUESTIONS]


def document(id: str, on: date) -> Document:
    """The whole document for a withdrawal or a scheme code; schemes with the same answer share it.

    Raises Unanswerable.
    """
    title, schemes = _schemes_of(id)
    known = [known_on(scheme.code, on) for scheme in schemes]
    sections = tuple(Section(one, tuple(_shared_answers(one, known))) for one in QUESTIONS)
    dated = any(one.last_registration for one in known)
    return Document(id, title, on, tuple(schemes), dated, sections)


def first_scheme() -> str:
    """The scheme that is answered for when none is named: the first one withdrawn, else the first of the catalogue."""
    withdrawn = Qualification.objects.filter(withdrawal__isnull=False).order_by("withdrawal__announced_on", "code")
    found = withdrawn.first() or Qualification.objects.first()
    return found.code if found else ""


def known_on(scheme: str, on: date) -> Known:
    """What catalogue and rules know of a scheme on a London day.

    Raises Unanswerable for an unknown scheme, and for a day that nobody can mean.
    """
    if on.year not in _YEARS:
        raise Unanswerable(f"Nothing is known of the year {on.year}. Ask about a day from {_YEARS[0]} to {_YEARS[-1]}.")
    row = Qualification.objects.select_related("withdrawal").filter(code=scheme).first()
    registration = ask_registration(scheme, on)
    if row is None:
        raise Unanswerable(f"{registration.reasons[0].text} {registration.reasons[0].remedy}")
    told = row.withdrawal if row.withdrawal and row.withdrawal.announced_on <= on else None
    secret = row.withdrawal is not None and told is None
    last, final = (None, None) if secret else (row.last_registration, row.final_certification)
    return Known(
        row.code,
        row.title,
        row.level,
        row.route,
        on,
        registration,
        ask_claim(scheme, min(on, row.last_registration or on), on),
        last_registration=last,
        final_certification=final,
        plan_by=months_before(final, policy("months_before_final_certification")) if final else None,
        safe_claim=safe_claim_of(row) if final else None,
        service_days=policy(f"working_days_for_results_{'postal' if row.route == 'postal' else 'verified'}"),
        announced_later=row.withdrawal.announced_on if secret and row.withdrawal else None,
        told=_told(told) if told else None,
        cites={field: Citation(**cite) for field, cite in row.cites.items()},
        alternatives=() if secret else tuple(_alternatives(row, on)),
        shared=() if secret else tuple(_shared_units(row)),
        register=_register(),
    )


def _question(number: int) -> Question:
    try:
        return question(number)
    except KeyError:
        raise Unanswerable(f"There is no question {number}. They are numbered 1 to {len(QUESTIONS)}.") from None


def _schemes_of(id: str) -> tuple[str, list[Qualification]]:
    withdrawal = Withdrawal.objects.filter(id=id).first()
    if withdrawal is not None:
        return withdrawal.title, list(withdrawal.schemes.order_by("code"))
    schemes = list(Qualification.objects.filter(code=id))
    if not schemes:
        raise Unanswerable(f"There is no scheme and no withdrawal {id}.")
    return f"{schemes[0].code} {schemes[0].title}", schemes


def _told(row: Withdrawal) -> Told:
    schemes = list(row.schemes.order_by("code"))
    return Told(
        row.id,
        row.title,
        row.announced_on,
        tuple(scheme.code for scheme in schemes),
        frozenset(scheme.last_registration for scheme in schemes),
        {name: Point(**point) for name, point in row.points.items()},
        tuple(Family(**family | {"levels": tuple(family["levels"])}) for family in row.alternatives),
    )


def _alternatives(row: Qualification, on: date) -> Iterator[Other]:
    named = Alternative.objects.filter(scheme=row, alternative__isnull=False).select_related("alternative")
    for one in named.order_by("alternative"):
        other = one.alternative
        if other is not None:
            taken = other.last_registration is None or on <= other.last_registration
            yield Other(other.code, other.title, other.route, taken, one.clause)


def _shared_units(row: Qualification) -> Iterator[Shared]:
    own = {unit.unit_id: unit for unit in SchemeUnit.objects.filter(scheme=row)}
    others = SchemeUnit.objects.filter(
        scheme__in=Alternative.objects.filter(scheme=row).values("alternative"), unit__in=own
    )
    for one in others.select_related("unit").order_by("scheme", "unit"):
        confirmed = not (one.note or own[one.unit_id].note)
        yield Shared(one.unit_id, one.unit.title, one.scheme_id, confirmed)


def _register() -> str:
    return Source.objects.filter(id=_REGISTER).values_list("address", flat=True).first() or ""


def _shared_answers(asked: Question, known: list[Known]) -> Iterator[Answer]:
    """What is said to all of the schemes, and what is said only to some; whichever opens the answer comes first."""
    spoken = [(one, said(asked.number, one)) for one in known]
    common = tuple(sentence for sentence in spoken[0][1].text if all(sentence in words.text for _, words in spoken))
    to_all = [_answer(asked, replace(_merged(words for _, words in spoken), text=common), known)] if common else []
    to_some = list(_to_some(asked, spoken, common))
    if to_all and common[0] == spoken[0][1].text[0]:
        yield from to_all + to_some
    else:
        yield from to_some + [replace(one, heading="For all of these schemes") for one in to_all]


def _to_some(asked: Question, spoken: list[tuple[Known, Said]], common: tuple[str, ...]) -> Iterator[Answer]:
    grouped: dict[tuple[str, ...], list[tuple[Known, Said]]] = {}
    for one, words in spoken:
        own = tuple(sentence for sentence in words.text if sentence not in common)
        if own:
            grouped.setdefault(own, []).append((one, words))
    for own, group in grouped.items():
        words = replace(_merged(words for _, words in group), text=own)
        answered = _answer(asked, words, [one for one, _ in group])
        several = len(group) < len(spoken)
        yield replace(answered, heading=f"For {listed(answered.schemes)}" if several else "")


def _merged(words: Iterable[Said]) -> Said:
    first, *others = words
    cites = dict.fromkeys(cite for one in (first, *others) for cite in one.cites)
    return replace(first, cites=tuple(cites))


def _answer(asked: Question, words: Said, known: list[Known], cases: tuple[Case, ...] = ()) -> Answer:
    schemes = tuple(one.scheme for one in known)
    return Answer(
        asked,
        schemes,
        known[0].on,
        tuple(sentence.replace(SCHEMES, _named(schemes)) for sentence in words.text),
        words.facts,
        _together(cite.clause for cite in words.cites),
        tuple(dict.fromkeys(cite.reading for cite in words.cites if cite.reading)),
        words.rules,
        words.links,
        cases,
    )


def _named(schemes: tuple[str, ...]) -> str:
    return listed(schemes) if len(schemes) <= _MOST_NAMED else "these schemes"


def _together(clauses: Iterable[str]) -> tuple[str, ...]:
    """One clause for each document: "faq q1" and "faq q2 q8" are "faq q1 q2 q8"."""
    places: dict[str, dict[str, None]] = {}
    for clause in clauses:
        source, *own = clause.split(" ")
        places.setdefault(source, {}).update(dict.fromkeys(own))
    return tuple(" ".join([source, *sorted(own, key=_by_number)]) for source, own in places.items())


def _by_number(place: str) -> tuple[int, str]:
    digits = "".join(filter(str.isdigit, place))
    return int(digits or 0), place


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
