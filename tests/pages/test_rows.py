import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils.safestring import mark_safe

from conferral.pages.addresses import addresses


def drawn(inside, rows):
    return Template(f"{{% load rows %}}{{% rows listed %}}{inside}{{% endrows %}}").render(Context({"listed": rows}))


def test_the_markup_is_written_once_for_each_row():
    assert drawn("<li>{name}: {size}</li>", [{"name": "A", "size": 1}, {"name": "B", "size": None}]) == (
        "<li>A: 1</li><li>B: </li>"
    )
    assert drawn("<li>{name}</li>", []) == ""


def test_what_people_wrote_is_escaped_and_what_is_safe_is_not():
    row = {"theirs": '<b>O\'Connor & "co"</b>', "ours": mark_safe("<br>")}
    assert drawn("{theirs}{ours}", [row]) == "&lt;b&gt;O&#x27;Connor &amp; &quot;co&quot;&lt;/b&gt;<br>"


def test_a_value_that_people_wrote_is_never_read_as_markup_of_rows():
    assert drawn("<a title='{name}'>", [{"name": "{size} {0} %s"}]) == "<a title='{size} {0} %s'>"


def test_a_row_without_a_value_that_is_named_is_an_error():
    with pytest.raises(KeyError):
        drawn("{name}", [{}])


@pytest.mark.parametrize("inside", ["{{ name }}", "{% if a %}{% endif %}", "{name!r}", "{name:>10}", "{}"])
def test_nothing_but_names_stands_in_rows(inside):
    with pytest.raises(TemplateSyntaxError):
        drawn(inside, [])


def test_addresses_of_many_are_those_of_one():
    from django.urls import reverse

    address = addresses("centre_claim")
    assert [address(number) for number in (1, 10, 24817)] == [
        reverse("centre_claim", args=[number]) for number in (1, 10, 24817)
    ]
