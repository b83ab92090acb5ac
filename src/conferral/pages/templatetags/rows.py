"""Rows of long lists: `{% rows page.rows %}<tr><td>{name}</td></tr>{% endrows %}`.

The markup between the tags is written once per row, with the row's values in the places of their names. A value is
escaped unless it is safe already; what is None is left empty. Nothing is decided here: see decision 38.
"""

from collections.abc import Iterable, Mapping
from html import escape
from string import Formatter
from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, TextNode, Token
from django.template.context import Context
from django.utils.safestring import SafeString

register = template.Library()


@register.tag
def rows(parser: Parser, token: Token) -> "Rows":
    """Write the markup up to `endrows` for each row of a list of mappings."""
    _, listed = token.split_contents()
    inside = parser.parse(("endrows",))
    parser.delete_first_token()
    return Rows(parser.compile_filter(listed), _pieces(inside))


def _pieces(inside: NodeList) -> list[tuple[str, str | None]]:
    """Text before each name, and the name; after the last there is none."""
    if any(not isinstance(node, TextNode) for node in inside):
        raise template.TemplateSyntaxError("Between rows and endrows stand markup and {names} only.")
    pieces = list(Formatter().parse("".join(node.s for node in inside)))
    if any(name == "" or spec or conversion for _, name, spec, conversion in pieces):
        raise template.TemplateSyntaxError("A place in rows is the plain name of a value: {name}.")
    return [(text, name) for text, name, _, _ in pieces]


class Rows(template.Node):
    """The markup of one row in pieces, and the list of rows."""

    def __init__(self, listed: FilterExpression, pieces: list[tuple[str, str | None]]) -> None:
        self.listed, self.pieces = listed, pieces

    def render(self, context: Context) -> SafeString:
        """All rows. Raises KeyError when a row lacks a value that the markup names."""
        listed: Iterable[Mapping[str, Any]] = self.listed.resolve(context)
        return SafeString("".join(part for row in listed for part in self._row(row)))

    def _row(self, row: Mapping[str, Any]) -> Iterable[str]:
        for text, name in self.pieces:
            yield text
            if name is not None:
                yield escaped(row[name])


def escaped(value: Any) -> str:
    """A value as it may stand in markup: safe text as it is, None as nothing."""
    if isinstance(value, SafeString):
        return value
    return "" if value is None else escape(str(value))
