"""Qualification packs: the catalogue as cited TOML, read into frozen records and checked.

`read_pack` never raises and `pack_faults` says everything that is wrong; a pack with a
refused fault carries no units and no schemes, so that it is never half used.
"""

from conferral.rules.packs.faults import pack_faults
from conferral.rules.packs.reading import read_pack
from conferral.rules.packs.shape import (
    Alternative,
    Barred,
    Cited,
    Combination,
    Constraint,
    Criterion,
    Equivalent,
    EvidencePolicy,
    Fault,
    Group,
    Pack,
    Pathway,
    Scheme,
    Source,
    Unit,
)

__all__ = [
    "Alternative",
    "Barred",
    "Cited",
    "Combination",
    "Constraint",
    "Criterion",
    "Equivalent",
    "EvidencePolicy",
    "Fault",
    "Group",
    "Pack",
    "Pathway",
    "Scheme",
    "Source",
    "Unit",
    "pack_faults",
    "read_pack",
]
