"""The catalogue: schemes, their units, dates, evidence policies and rules of combination."""

from django.db import models

from conferral.records.guards import only_grows


class Source(models.Model):
    """A document that values of the catalogue are cited from."""

    id = models.CharField(primary_key=True, max_length=60)
    title = models.CharField(max_length=300)
    publisher = models.CharField(max_length=200, blank=True)
    issued = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.title


class Unit(models.Model):
    """The smallest thing with a level and credit that can be claimed."""

    code = models.CharField(primary_key=True, max_length=20)
    title = models.CharField(max_length=300)
    level = models.PositiveSmallIntegerField(null=True)
    credit = models.PositiveSmallIntegerField(null=True)
    glh = models.PositiveSmallIntegerField(null=True)
    demonstration = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    cites = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class Criterion(models.Model):
    """One thing a candidate must show to achieve a unit, under a learning outcome, opened by a command verb.

    A criterion that the pack no longer gives is kept, for the work that was marked against it, and is not `current`.
    """

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="criteria")
    number = models.CharField(max_length=10)
    outcome = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=500)
    verb = models.CharField(max_length=30)
    place = models.PositiveSmallIntegerField()
    current = models.BooleanField(default=True)

    class Meta:
        ordering = ["unit", "place"]
        constraints = [models.UniqueConstraint(fields=["unit", "number"], name="criterion_once_in_unit")]

    def __str__(self) -> str:
        return f"{self.number} {self.text}"


class Withdrawal(models.Model):
    """The announcement that schemes come to an end, and what centres are told about it.

    `announced_on` is a London day. `points` maps what is told to its words, addresses and clause,
    `alternatives` lists the recommended families of qualifications, `cites` maps a field to its clause.
    """

    id = models.SlugField(primary_key=True, max_length=60)
    title = models.CharField(max_length=300)
    announced_on = models.DateField()
    points = models.JSONField(default=dict)
    alternatives = models.JSONField(default=list)
    cites = models.JSONField(default=dict)

    class Meta:
        ordering = ["announced_on", "id"]

    def __str__(self) -> str:
        return self.title


class Qualification(models.Model):
    """A scheme: what a candidate registers for. Both dates are London days, inclusive; none means open.

    `cites` maps a field to its clause, and to when and by whom where the desk entered it; `groups` a group of the
    combination to its title. `days_for_work` are the working days for which the work of a claim is waited for; none
    means the policy's. `status` is what the regulator's Register last said of it.
    """

    class Route(models.TextChoices):
        POSTAL = "postal", "moderated by post"
        VERIFIED = "verified", "verified by visit"
        VISITING = "visiting", "moderated by visit"

    code = models.CharField(primary_key=True, max_length=5)
    title = models.CharField(max_length=300)
    level = models.PositiveSmallIntegerField()
    qan = models.CharField(max_length=10, null=True)
    route = models.CharField(max_length=10, choices=Route.choices)
    credit = models.PositiveSmallIntegerField(null=True)
    status = models.CharField(max_length=60, blank=True, default="")
    last_registration = models.DateField(null=True)
    final_certification = models.DateField(null=True)
    pack = models.CharField(max_length=60)
    note = models.TextField(blank=True)
    groups = models.JSONField(default=dict)
    combination_note = models.TextField(blank=True)
    cites = models.JSONField(default=dict)
    days_for_work = models.PositiveSmallIntegerField(null=True)
    units = models.ManyToManyField(Unit, through="SchemeUnit", through_fields=("scheme", "unit"))
    withdrawal = models.ForeignKey(Withdrawal, models.SET_NULL, null=True, related_name="schemes")

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(final_certification__gte=models.F("last_registration"))
                | models.Q(final_certification=None)
                | models.Q(last_registration=None),
                name="certification_ends_after_registration",
            ),
            models.CheckConstraint(
                condition=models.Q(days_for_work__range=(1, 60)) | models.Q(days_for_work=None),
                name="work_is_waited_for_between_1_and_60_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def by_visit(self) -> bool:
        """The work is seen on a visit, so nothing is sent."""
        return self.route != self.Route.POSTAL


class SchemeUnit(models.Model):
    """A unit of a scheme and the group under which it is shown. With `counts_as` it counts as that unit, once."""

    scheme = models.ForeignKey(Qualification, models.CASCADE)
    unit = models.ForeignKey(Unit, models.PROTECT)
    counts_as = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    group = models.CharField(max_length=20)
    place = models.PositiveSmallIntegerField()
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["scheme", "place"]
        constraints = [models.UniqueConstraint(fields=["scheme", "unit"], name="unit_once_in_scheme")]


class GroupUnit(models.Model):
    """A unit in a group, with the groups around it from the outermost; "" where they are fewer than three.

    One row of a unit is `main`: by that one it counts in the whole. Rows of a `choice` are groups of which
    the unit counts in one; otherwise it counts in each of them.
    """

    scheme = models.ForeignKey(Qualification, models.CASCADE)
    unit = models.ForeignKey(Unit, models.PROTECT)
    top = models.CharField(max_length=20)
    middle = models.CharField(max_length=20, blank=True)
    leaf = models.CharField(max_length=20, blank=True)
    main = models.BooleanField(default=True)
    choice = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scheme", "unit", "top", "middle", "leaf"], name="unit_once_in_group"),
            models.UniqueConstraint(fields=["scheme", "unit"], condition=models.Q(main=True), name="one_main_group"),
        ]

    @property
    def path(self) -> tuple[str, ...]:
        """The groups around the unit, from the outermost."""
        return tuple(name for name in (self.top, self.middle, self.leaf) if name)


class Pathway(models.Model):
    """One of several ways to complete a scheme: its constraints hold beside those of no pathway."""

    scheme = models.ForeignKey(Qualification, models.CASCADE, related_name="pathways")
    place = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=20)
    title = models.CharField(max_length=300)
    clause = models.CharField(max_length=200)

    class Meta:
        ordering = ["scheme", "place"]
        constraints = [models.UniqueConstraint(fields=["scheme", "name"], name="pathway_once_in_scheme")]


class Barred(models.Model):
    """A unit that is barred with the others of the same number: of those, only one counts."""

    scheme = models.ForeignKey(Qualification, models.CASCADE)
    number = models.PositiveSmallIntegerField()
    unit = models.ForeignKey(Unit, models.PROTECT)
    clause = models.CharField(max_length=200)

    class Meta:
        ordering = ["scheme", "number", "unit"]
        constraints = [models.UniqueConstraint(fields=["scheme", "number", "unit"], name="barred_once")]


class Constraint(models.Model):
    """One line of a rule of combination. An empty group is the whole scheme; no maximum means no cap.

    With a pathway it holds in that pathway only. With `elsewhere` it limits what is carried over from other
    awarding organisations. With `chooses`, having more than the maximum leaves a choice of what counts;
    without it, the maximum only caps what the group lends to the whole.
    """

    scheme = models.ForeignKey(Qualification, models.CASCADE)
    place = models.PositiveSmallIntegerField()
    pathway = models.CharField(max_length=20, blank=True)
    group = models.CharField(max_length=20, blank=True)
    measure = models.CharField(max_length=7, choices=[("units", "units"), ("credits", "credits")])
    level_at_least = models.PositiveSmallIntegerField(null=True)
    minimum = models.PositiveSmallIntegerField(default=0)
    maximum = models.PositiveSmallIntegerField(null=True)
    elsewhere = models.BooleanField(default=False)
    chooses = models.BooleanField(default=False)
    demonstration = models.BooleanField(default=False)
    clause = models.CharField(max_length=200)

    class Meta:
        ordering = ["scheme", "place"]
        constraints = [models.UniqueConstraint(fields=["scheme", "place"], name="constraint_place")]


class EvidencePolicy(models.Model):
    """What evidence a scheme takes from a day on (none: from the beginning), until the next one's day."""

    class Kind(models.TextChoices):
        CANDIDATE_WORK = "candidate_work", "the candidate's own work"
        UNIT_PROOF = "unit_proof", "proof that units were achieved"
        AUTOMATIC = "automatic", "nothing: certification followed from NVQ units"

    scheme = models.ForeignKey(Qualification, models.CASCADE)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    from_day = models.DateField(null=True)
    clause = models.CharField(max_length=200)
    reading = models.TextField(blank=True)
    decided_by = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["scheme", models.F("from_day").asc(nulls_first=True)]


class Alternative(models.Model):
    """What is recommended when a scheme no longer takes registrations: a scheme, or words where no code is known."""

    scheme = models.ForeignKey(Qualification, models.CASCADE, related_name="alternatives")
    alternative = models.ForeignKey(Qualification, models.CASCADE, null=True, related_name="+")
    text = models.CharField(max_length=300, blank=True)
    clause = models.CharField(max_length=200)

    class Meta:
        ordering = ["scheme", "alternative"]


class Notice(models.Model):
    """What centres are told of a scheme: a policy made clear, or something that changes. Notices are only added.

    `published_on` is a London day, `clause` what the notice rests on.
    """

    scheme = models.ForeignKey(Qualification, models.PROTECT, related_name="notices")
    title = models.CharField(max_length=200)
    text = models.TextField()
    clause = models.CharField(max_length=200)
    published_on = models.DateField()
    published_by = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-published_on", "-id"]
        constraints = [models.UniqueConstraint(fields=["scheme", "published_on", "title"], name="notice_once_a_day")]
        triggers = [only_grows()]


class RegisterExport(models.Model):
    """A download of the regulator's Register: what it says of the qualifications of the catalogue.

    `counted` is how many entries the whole file has, `dated_on` the London day on which it was downloaded.
    """

    file_name = models.CharField(max_length=200)
    dated_on = models.DateField()
    made_by = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    counted = models.PositiveIntegerField()
    entries = models.JSONField(default=list)
