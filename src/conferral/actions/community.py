"""The community: beginning topics, writing posts, hiding a post."""

import re
import unicodedata
from datetime import datetime, timedelta

from django.db import connection, transaction

from conferral.actions.ledger import Done, record
from conferral.records.community.models import HiddenPost, Post, Topic
from conferral.rules.book import rules_on
from conferral.rules.days import london_day
from conferral.rules.facts import HidingFacts, PostFacts
from conferral.rules.permissions import Acting
from conferral.rules.policies import policy
from conferral.rules.rule import Verdict, judge

_WINDOW, _DAY = timedelta(minutes=10), timedelta(hours=24)
# What turns the direction of writing around, and what isn't seen.
_UNSEEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def plain(text: str) -> str:
    """A text as it is kept: composed letters, no control characters but line ends, at most one empty line together."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    seen = "".join(one for one in _UNSEEN.sub("", text) if one == "\n" or unicodedata.category(one) != "Cc")
    return re.sub(r"\n{3,}", "\n\n", seen).strip()


@transaction.atomic
def begin_topic(subject: str, *, title: str, text: str, at: datetime, by: Acting) -> tuple[Verdict, Topic | None]:
    """Begin a topic with its first post, unless the person has begun or written too many lately."""
    title = " ".join(plain(title).split())
    _one_at_a_time(by)
    begun = Topic.objects.filter(subject=subject, title=title).exists()
    facts = _facts(at, by, begun)
    verdict = judge(facts, rules_on("topic")) + judge(facts, rules_on("post"))
    if verdict.refused:
        return verdict, None
    topic = Topic.objects.create(subject_id=subject, title=title, made_by_id=by.somebody, made_at=at, last_post_at=at)
    _write(topic, text, at, by)
    record([Done("topic_begun", "topic", topic.pk, by.centre, verdict)], at=at, by=by)
    return verdict, topic


@transaction.atomic
def write_post(topic: int, *, text: str, at: datetime, by: Acting) -> tuple[Verdict, Post | None]:
    """Write in a topic, unless the person has written too much lately. The same text twice running is one post.

    Raises Topic.DoesNotExist.
    """
    found = Topic.objects.get(pk=topic)
    _one_at_a_time(by)
    last = found.posts.filter(author=by.somebody).last()
    if last and last.text == plain(text) and at - last.made_at < _WINDOW:
        return Verdict(), last
    verdict = judge(_facts(at, by), rules_on("post"))
    if verdict.refused:
        return verdict, None
    return verdict, _write(found, text, at, by)


def _write(topic: Topic, text: str, at: datetime, by: Acting) -> Post:
    post = Post.objects.create(topic=topic, author_id=by.somebody, role=by.roles[0], text=plain(text), made_at=at)
    Topic.objects.filter(pk=topic.pk, last_post_at__lt=at).update(last_post_at=at)
    return post


def _one_at_a_time(by: Acting) -> None:
    """Posts of one person wait for each other, so that two at once are counted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('community'), %s)", [by.somebody])


def _facts(at: datetime, by: Acting, begun_before: bool | None = None) -> PostFacts:
    return PostFacts(
        posts_lately=Post.objects.filter(author=by.somebody, made_at__gt=at - _WINDOW).count(),
        most_posts=policy("posts_in_ten_minutes"),
        topics_lately=Topic.objects.filter(made_by=by.somebody, made_at__gt=at - _DAY).count(),
        most_topics=policy("topics_a_day"),
        begun_before=begun_before,
    )


@transaction.atomic
def hide_post(post: int, *, reason: str, at: datetime, by: Acting) -> Verdict:
    """Take a post out of sight; readers see the reason in its place. Raises Post.DoesNotExist."""
    found = Post.objects.select_for_update().get(pk=post)
    hidden = HiddenPost.objects.filter(post=found).first()
    facts = HidingFacts(reason=plain(reason) or None, hidden_on=london_day(hidden.hidden_at) if hidden else None)
    verdict = judge(facts, rules_on("hiding"))
    if verdict.allowed:
        HiddenPost.objects.create(
            post=found, topic_id=found.topic_id, reason=plain(reason), hidden_by_id=by.somebody, hidden_at=at
        )
        record([Done("post_hidden", "topic", found.topic_id, verdict=verdict, facts={"post": post})], at=at, by=by)
    return verdict
