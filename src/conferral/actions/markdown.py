"""Markdown that people wrote: cut into sections, and turned into markup that can do no harm.

Raw markup, pictures and addresses other than web, mail and our own are shown as they were typed or left out.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import nh3
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

MOST_SECTIONS = 300
SHIFT = 1  # a "###" within a section becomes h4: the page's title is h1, sections h2 and h3
_TAGS = {
    "p", "ul", "ol", "li", "strong", "em", "code", "pre", "blockquote", "a", "hr", "br", "h4", "h5", "h6",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_PARSER = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table").disable("image")
_NUMBERED = re.compile(r"^\d+(\.\d+)*\.?\s+(?=\S)")
_NAMED = re.compile(r"\s*\{#([a-z0-9-]{1,80})\}\s*$")


@dataclass(frozen=True)
class Section:
    """A part of a text under one heading; `number` is "" for what stands before the first heading."""

    number: str
    anchor: str
    title: str
    text: str


def sections_of(text: str) -> tuple[Section, ...]:
    """Cut a text at its headings of levels 1 and 2, and number them 1, 1.1, 1.2, 2.

    A number that is typed in a heading gives way to the counted one. `{#name}` at its end keeps the anchor when
    the words change; otherwise the anchor is made from the words. Raises ValueError beyond 300 sections.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    cuts = list(_cuts(_PARSER.parse("\n".join(lines))))
    if len(cuts) > MOST_SECTIONS:
        raise ValueError(f"The text has {len(cuts)} headings of the first two levels.")
    found, taken, outer, inner = [], set[str](), 0, 0
    opening = "\n".join(lines[: cuts[0][1] if cuts else None]).strip()
    if opening:
        found.append(Section("", "about", "", opening))
        taken.add("about")
    for (level, _, end, words), after in zip(cuts, [*cuts[1:], (0, len(lines), 0, "")], strict=False):
        outer, inner = (outer + 1, 0) if level == 1 or not outer else (outer, inner + 1)
        title, anchor = _called(words, taken)
        taken.add(anchor)
        number = f"{outer}.{inner}" if inner else str(outer)
        found.append(Section(number, anchor, title, "\n".join(lines[end : after[1]]).strip()))
    return tuple(found)


def _cuts(tokens: Sequence[Token]) -> Iterator[tuple[int, int, int, str]]:
    """Level, first line, line after and words of each heading that opens a section."""
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag in ("h1", "h2") and token.level == 0 and token.map:
            yield int(token.tag[1]), token.map[0], token.map[1], tokens[place + 1].content


def _called(words: str, taken: set[str]) -> tuple[str, str]:
    named = _NAMED.search(words)
    title = re.sub(r"[*_`]", "", _NUMBERED.sub("", _NAMED.sub("", words))).strip()[:200] or "Untitled"
    wanted = (named[1] if named else slugify(title))[:70] or "section"
    anchor, count = wanted, 1
    while anchor in taken:
        count += 1
        anchor = f"{wanted}-{count}"
    return title, anchor


@lru_cache(maxsize=2048)
def html_of(text: str) -> str:
    """The markup of a text, safe to show as it is."""
    tokens = _PARSER.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, max(4, int(token.tag[1]) + SHIFT))}"
    rendered: str = _PARSER.renderer.render(tokens, _PARSER.options, {})
    return nh3.clean(
        rendered,
        tags=_TAGS,
        attributes={"a": {"href", "title"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noreferrer",
    )


def blocks_of(text: str) -> list[dict[str, object]]:
    """A text as paragraphs and lists of plain words, for print: [{"kind": "p" | "ul" | "ol" | "h", "items": [...]}]."""
    found: list[dict[str, object]] = []
    lists: list[dict[str, object]] = []
    heading = False
    for token in _PARSER.parse(text):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append({"kind": "ul" if token.type.startswith("bullet") else "ol", "items": []})
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            closed = lists.pop()
            if not lists:
                found.append(closed)
            else:
                lists[-1]["items"] += closed["items"]  # type: ignore[operator]
        elif token.type in ("heading_open", "heading_close"):
            heading = token.type == "heading_open"
        elif token.type == "inline":
            words = _plain(token)
            if lists:
                lists[-1]["items"].append(words)  # type: ignore[attr-defined]
            else:
                found.append({"kind": "h" if heading else "p", "items": [words]})
        elif token.type in ("fence", "code_block"):
            found.append({"kind": "p", "items": [token.content]})
    return found


def _plain(token: Token) -> str:
    parts = (" " if one.type in ("softbreak", "hardbreak") else one.content for one in token.children or ())
    return "".join(parts)
