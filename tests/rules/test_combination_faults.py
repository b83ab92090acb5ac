"""A combination that contradicts itself is refused with its place and its reason, and nothing of it is loaded."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from conferral.actions.catalogue import load_packs
from conferral.records.catalogue.models import Qualification
from conferral.rules.combinations import Structure, chooses, structure_of
from conferral.rules.packs import pack_faults, read_pack
from tests.world import INSTALLER

FOLDER = Path(__file__).parent.parent / "data" / "structures"
TEXTS = {path.stem: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.toml"))}


def changed(name, old, new):
    assert TEXTS[name].count(old) == 1, (name, old)
    return TEXTS[name].replace(old, new)


def faults_of(text):
    packs = [read_pack(text, "bad.toml"), read_pack(TEXTS["mandatory-and-optional"], "other.toml")]
    return pack_faults(packs if "90001" in text and 'code = "90001"' not in text else packs[:1])


REFUSED = [
    ("nested", 'title = "Technical units"', 'title = "Technical units"\nwithin = "Z"', "group Z",
     "in a circle: Z within Y within T within Z"),
    ("nested", 'title = "Technical units"', 'title = "Technical units"\nwithin = "T"', "group T",
     "in a circle: T within T"),
    ("nested", 'title = "Tools"\nunits = ["90005-X1", "90005-X2"]\nwithin = "T"',
     'title = "Tools"\nunits = ["90005-X1", "90005-X2"]\nwithin = "Z"', "group X", "lies 4 groups deep"),
    ("nested", 'title = "Tools"\nunits = ["90005-X1", "90005-X2"]\nwithin = "T"',
     'title = "Tools"\nunits = ["90005-X1", "90005-X2"]\nwithin = "Q"', "group X", "no group Q"),
    ("nested", 'group = "T", measure = "credits", minimum = 10, maximum = 14',
     'group = "T", measure = "credits", maximum = 6', "constraint on T",
     "minima of the groups make 7 credits, above the maximum 6 of the group"),
    ("nested", 'group = "Y", measure = "credits", minimum = 3, maximum = 9',
     'group = "Y", measure = "credits", minimum = 13', "constraint on Y", "only 12 can count"),
    ("pathways", 'name = "Support", title', 'name = "Help", title', "pathway Help", "has no constraint"),
    ("pathways", 'name = "Support", title', 'name = "Help", title', "pathway Support", "There is no pathway Support"),
    ("pathways", 'name = "Support", title', 'name = "Sales", title', "pathway Sales", "Two pathways are called Sales"),
    ("barred", '["90007-O3", "90007-O4"]', '["90007-O3"]', "barred 2", "fewer than two units"),
    ("barred", '["90007-O3", "90007-O4"]', '["90007-O3", "X"]', "barred 2", "Unit X is in no group"),
    ("pathways", "pathways = [", 'barred = [{ units = ["90006-K1", "90006-K2"] }]\npathways = [', "barred 1",
     "90006-K1 and 90006-K2 are mandatory, yet only one of them may count"),
    ("pathways", "pathways = [", 'barred = [{ units = ["90006-K1", "90006-T1"] }]\npathways = [', "barred 1",
     "90006-K1 and 90006-T1 are mandatory"),
    ("equivalents", 'unit = "90008-OLD1", counts_as = "90008-A1"', 'unit = "90008-OLD1", counts_as = "90008-OLDER1"',
     "equivalents 90008-OLD1", "in a circle: 90008-OLD1 counts as 90008-OLDER1 counts as 90008-OLD1"),
    ("equivalents", 'unit = "90008-OLD1", counts_as = "90008-A1"', 'unit = "X", counts_as = "90008-A1"',
     "equivalents X", "Unit X is not described"),
    ("equivalents", 'unit = "90008-OLD1", counts_as = "90008-A1"', 'unit = "90008-A2", counts_as = "90008-A1"',
     "equivalents 90008-A2", "counts as another, and is in a group itself"),
    ("equivalents", 'unit = "90008-OLD2"', 'unit = "90008-OLD1"', "equivalents 90008-OLD1", "counts as 2 units"),
    ("equivalents", 'counts_as = "90008-A2"', 'counts_as = "X"', "equivalents 90008-OLD2", "Unit X is in no group"),
    ("counts-once", 'counts_once = ["90010-W1"]', "", "unit 90010-W1", "needed in two mandatory groups: A and B"),
    ("counts-once", 'counts_once = ["90010-W1"]', 'counts_once = ["90010-O1"]', "counts_once", "not in two groups"),
    ("from-elsewhere", "maximum = 6, elsewhere = true", "minimum = 6, elsewhere = true", "constraint on whole",
     "asks for a minimum from elsewhere"),
    ("at-most-units", "minimum = 1, maximum = 2", "minimum = 3, maximum = 2", "constraint on A", "above the maximum 2"),
    ("mandatory-and-optional", "minimum = 24", "minimum = 33", "constraint on whole", "only 32 can count"),
    ("mandatory-and-optional", "final_certification = { on = 2026", "final_certification = { on = 2023",
     "final_certification", "before last registration"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "place", "text"), REFUSED, ids=[f"{c[3]}: {c[4]}" for c in REFUSED])
def test_a_combination_that_contradicts_itself_is_refused(name, old, new, place, text):
    faults = faults_of(changed(name, old, new))
    assert any(fault.place.endswith(place) and text in fault.text and fault.remedy for fault in faults), faults
    assert {fault.outcome for fault in faults} == {"refused"}


@pytest.mark.parametrize("name", TEXTS)
def test_a_structure_is_without_fault(name):
    assert faults_of(TEXTS[name]) == ()


def test_with_one_bad_combination_nothing_is_loaded(db):
    good = read_pack(TEXTS["mandatory-and-optional"], "good.toml")
    bad = read_pack(changed("barred", '["90007-O3", "90007-O4"]', '["90007-O3"]'), "bad.toml")
    (fault,) = load_packs([good, bad], at=datetime(2026, 11, 23, tzinfo=UTC), by=INSTALLER)
    assert fault.place == "bad.toml, scheme 90007, barred 2"
    assert not Qualification.objects.filter(code__startswith="9").exists()


def structure(name):
    pack = read_pack(TEXTS[name], name)
    return structure_of(pack.schemes[0].combination, {unit.code: unit for unit in pack.units})


@pytest.mark.parametrize(
    ("name", "chosen"),
    [
        ("capped-credits", []),
        ("levels", []),
        ("at-most-units", [1]),
        ("nested", [1, 2, 3, 4]),
        ("from-elsewhere", [3, 4]),
        ("mandatory-and-optional", []),
    ],
)
def test_which_maxima_leave_a_choice(name, chosen):
    found = structure(name)
    assert [line.place for line in found.lines if chooses(line, found)] == chosen


def test_what_was_achieved_twice_counts_as_achieved_here():
    found = structure("equivalents")
    assert found.counted({"90008-OLD1": True, "90008-OLDER1": False, "90008-A2": True, "X": False}) == {
        "90008-A1": False,
        "90008-A2": True,
    }
    assert Structure((), ()).counted({"X": False}) == {}
