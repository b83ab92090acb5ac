"""The community: topics of a subject, what people write in them, and what the desk hid."""

import pgtrigger
from django.db import models

from conferral.records.guards import only_grows
from conferral.records.guidance.models import Subject
from conferral.records.people.models import Person


class Topic(models.Model):
    """Something that people of a subject talk about. It begins with a post."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="topics")
    title = models.CharField(max_length=150)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    last_post_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "title"], name="topic_once")]
        indexes = [
            models.Index(fields=["subject", "-last_post_at", "-id"], name="topic_newest"),
            models.Index(fields=["made_by", "-made_at"], name="topic_of_person"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="stays", exclude=["last_post_at"]),
            pgtrigger.Protect(name="is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.title


class Post(models.Model):
    """What one person wrote, in a role. Plain text; never changed."""

    topic = models.ForeignKey(Topic, models.PROTECT, related_name="posts")
    author = models.ForeignKey(Person, models.PROTECT, related_name="+")
    role = models.CharField(max_length=30)
    text = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["author", "-made_at"], name="post_of_person")]
        triggers = [only_grows()]


class HiddenPost(models.Model):
    """A post that the desk hid, and why. Its author and the desk still see it."""

    post = models.OneToOneField(Post, models.PROTECT, primary_key=True, related_name="hidden")
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    hidden_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    hidden_at = models.DateTimeField()

    class Meta:
        triggers = [only_grows()]
