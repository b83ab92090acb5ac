"""Command verbs: the page, and the pages that lead to it."""

from conferral.rules.verbs import COMMAND_VERBS
from tests.pages.moderator.test_review import address
from tests.pages.moderator.test_review import words as text_of
from tests.world import UNITS, load_catalogue


def test_each_verb_says_what_is_enough_and_what_is_too_thin(client, db, noon):
    load_catalogue(noon)
    said = text_of(client.get("/verbs/"))
    for depth in COMMAND_VERBS.depths:
        assert depth.least in said
        assert depth.thin in said
        assert ", ".join(depth.verbs).lower() in said.lower()
    for words in ("paragraph 8", "How this organisation reads it", "22 November 2026"):
        assert words in said


def test_no_verb_is_told_twice():
    verbs = [verb for depth in COMMAND_VERBS.depths for verb in depth.verbs]
    assert len(verbs) == len(set(verbs))


def test_the_rule_book_and_the_help_lead_to_it(client, db, noon):
    for path in ("/rules/", "/help/"):
        assert 'href="/verbs/"' in client.get(path).content.decode()


def test_the_claim_builder_and_the_review_lead_to_it(world, as_role):
    claim = world.draft(1)
    builder = as_role("assessor").get(address("centre_claim_units", claim.number, UNITS[0]))
    assert 'href="/verbs/"' in builder.content.decode()
    sent = world.submitted(1)
    unit = sent.units.order_by("pk").first()
    review = as_role("examiner_moderator").get(address("moderator_unit", sent.pk, unit.pk))
    assert 'href="/verbs/"' in review.content.decode()
