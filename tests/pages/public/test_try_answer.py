"""Reading an answer for its depth, on its own page and beside a claimed unit."""

from conferral.records.catalogue.models import Criterion
from tests.pages.moderator.test_review import address
from tests.pages.moderator.test_review import words as text_of
from tests.world import load_catalogue

UNIT = "DEMO-09628-3"


def test_an_answer_is_read_by_verb_and_level_and_nothing_is_kept(client, db, noon):
    load_catalogue(noon)
    said = client.post("/verbs/try/", {"verb": "explain", "level": 2, "points": 1, "answer": "Mistakes", "advise": 1})
    assert said.status_code == 200
    assert "One word where the criterion says “explain”" in text_of(said)
    assert "A person decides" in text_of(said)
    wrong = client.post("/verbs/try/", {"verb": "shout", "level": 99, "points": 0, "answer": "x", "advise": 1})
    assert wrong.status_code == 422
    for words in ("Choose one of the verbs", "Choose a level from 1 to 8", "Enter a number from 1 to 10"):
        assert words in text_of(wrong)


def test_an_answer_is_read_against_a_criterion_of_a_unit(client, db, noon):
    load_catalogue(noon)
    asked = Criterion.objects.get(unit=UNIT, number="3.1")
    sent = {"criterion": asked.pk, "answer": "late delivery; rude staff", "advise": 1}
    assert "Two of the four points" in text_of(client.post(f"/verbs/try/?unit={UNIT}", sent))
    enough = sent | {"answer": "late delivery; rude staff; faulty goods; wrong bills"}
    assert "Nothing looks thin" in text_of(client.post(f"/verbs/try/?unit={UNIT}", enough))
    assert client.post(f"/verbs/try/?unit={UNIT}", sent | {"criterion": 0}).status_code == 422
    assert "are not in the catalogue" in text_of(client.get("/verbs/try/?unit=J/600/1003"))
    assert client.get("/verbs/try/?unit=none").status_code == 404


def test_the_moderator_reads_an_answer_beside_the_unit_without_deciding(world, as_role):
    claim = world.submitted(1)
    chosen = claim.units.get(unit=UNIT)
    asked = Criterion.objects.get(unit=UNIT, number="2.2")
    moderator = as_role("examiner_moderator")
    url = address("moderator_unit", claim.pk, chosen.pk)
    page = moderator.post(url, {"criterion": asked.pk, "answer": "", "advise": 1})
    assert page.status_code == 200
    assert "Nothing is answered" in text_of(page)
    chosen.refresh_from_db()
    assert not hasattr(chosen, "decision")
