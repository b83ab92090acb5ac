"""Centres, the people who act in them or for the organisation, and the schemes a centre is approved for."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from conferral.records.catalogue.models import Qualification
from conferral.records.people.models import Person
from conferral.rules.permissions import CENTRE_ROLES, ROLES


class Centre(models.Model):
    """An approved organisation. Its nation decides the bank holidays that its deadlines skip."""

    class Nation(models.TextChoices):
        ENGLAND = "england", "England"
        WALES = "wales", "Wales"
        SCOTLAND = "scotland", "Scotland"
        NORTHERN_IRELAND = "northern-ireland", "Northern Ireland"

    number = models.CharField(primary_key=True, max_length=5, validators=[RegexValidator(r"^\d{5}$")])
    name = models.CharField(max_length=200)
    nation = models.CharField(max_length=20, choices=Nation.choices, default=Nation.ENGLAND)
    address = models.TextField(blank=True)
    telephone = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Membership(models.Model):
    """A role that a person holds: at a centre, or (without one) for the awarding organisation."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=30, choices=[(role, role) for role in ROLES])
    centre = models.ForeignKey(Centre, models.PROTECT, null=True, related_name="memberships")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "role", "centre"], name="role_once", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(role__in=CENTRE_ROLES, centre__isnull=False)
                | (~Q(role__in=CENTRE_ROLES) & Q(centre__isnull=True)),
                name="centre_roles_have_a_centre",
            ),
        ]


class Approval(models.Model):
    """A centre may offer a scheme, from a day until a day (none: still), both inclusive."""

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="approvals")
    scheme = models.ForeignKey(Qualification, models.PROTECT)
    approved_on = models.DateField()
    ended_on = models.DateField(null=True)

    class Meta:
        ordering = ["scheme"]
        constraints = [models.UniqueConstraint(fields=["centre", "scheme"], name="approval_once")]
