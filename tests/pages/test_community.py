"""The community: topics and posts by people with a role, hidden by the desk with a reason, and not too many at once."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, ProgrammingError, transaction

from conferral.actions.community import begin_topic, hide_post, plain, write_post
from conferral.actions.library import name_subject
from conferral.records.access import acting_as
from conferral.records.community.models import HiddenPost, Post, Topic
from conferral.rules.permissions import PERMISSIONS, ROLES
from tests.pages.moderator.test_review import address, words


@pytest.fixture
def topic(world):
    by = world.acting("quality_officer")
    with acting_as(by):
        name_subject("customer-service", title="Customer Service", schemes=["09628"], at=world.at, by=by)
    by = world.acting("exams_officer")
    with acting_as(by):
        verdict, made = begin_topic("customer-service", title="Uploads", text="How?", at=world.at, by=by)
    assert made, verdict
    return made


def write(world, topic, role, text, minutes=0):
    by = world.acting(role)
    with acting_as(by):
        return write_post(topic.pk, text=text, at=world.at + timedelta(minutes=minutes), by=by)


def test_people_of_a_subject_talk(world, topic, as_role, client, django_assert_max_num_queries):
    assessor = as_role("assessor")
    assert "Customer Service 1" in words(assessor.get(address("community")))
    begun = assessor.post(address("begin_topic", "customer-service"), {"title": "Verbs", "text": "Explain?"})
    assert begun.status_code == 303
    page = words(as_role("examiner_moderator").get(address("community_subject", "customer-service")))
    assert "Verbs Kazimiera Brzęczyszczykiewicz" in page
    to = begun["Location"]
    moderator = as_role("examiner_moderator")
    said = moderator.post(to, {"text": "Say <b>why</b>.\n\nAnd for example <script>alert(1)</script>"})
    assert said.status_code == 303
    with django_assert_max_num_queries(14):
        page = moderator.get(said["Location"])
    assert "<script>alert" not in page.content.decode()
    assert "Adaeze Featherstonehaugh-Nkemelu Examiner moderator · Today, 12:30 Say &lt;b&gt;why&lt;/b&gt;." in words(
        page
    )
    for wrong in ("", " \n", "x" * 4001):
        assert moderator.post(to, {"text": wrong}).status_code == 422
    again = moderator.post(address("begin_topic", "customer-service"), {"title": "Verbs", "text": "Again"})
    assert again.status_code == 422
    assert "There is a topic with this title." in words(again)
    client.logout()
    assert client.get(to).status_code == 302
    assert PERMISSIONS["discuss"] == ROLES


def test_a_post_that_the_desk_hides_is_seen_by_its_author_and_the_desk_alone(world, topic, as_role):
    _, post = write(world, topic, "assessor", "Tom Li copied it all.")
    to, page = address("hide_post", post.pk), address("topic", topic.pk)
    desk = as_role("quality_officer")
    assert "Hide" in words(desk.get(page))
    assert desk.post(to, {"reason": ""}).status_code == 422
    assert desk.post(to, {"reason": "It names a candidate."}).status_code == 303
    told = "The desk hid it on 23 November 2026: It names a candidate."
    assert "Tom Li" in words(desk.get(page))
    again = desk.post(to, {"reason": "Twice"})
    assert again.status_code == 422
    assert "was hidden on 23 November 2026" in words(again)
    for role in ("exams_officer", "examiner_moderator"):
        seen = words(as_role(role).get(page))
        assert "Tom Li copied" not in seen
        assert f"A post stood here. {told}" in seen
        assert as_role(role).post(to, {"reason": "x"}).status_code == 403
    assert "Tom Li copied it all." in words(as_role("assessor").get(page))
    with acting_as(world.acting("exams_officer")):
        assert not Post.objects.filter(pk=post.pk).exists()


def test_one_person_writes_and_begins_only_so_many(world, topic, as_role):
    for count in range(4):
        verdict, _ = write(world, topic, "exams_officer", f"Post {count}")
        assert verdict.allowed
    assert write(world, topic, "exams_officer", "Post 3")[1].text == "Post 3"
    assert Post.objects.count() == 5
    officer = as_role("exams_officer")
    refused = officer.post(address("topic", topic.pk), {"text": "One more"})
    assert refused.status_code == 422
    assert "You have written 5 posts in the last ten minutes" in words(refused)
    assert "One more" in words(refused)
    assert write(world, topic, "assessor", "Mine")[0].allowed
    assert write(world, topic, "exams_officer", "Later", minutes=10)[0].allowed
    by = world.acting("tutor") if "tutor" in world.people else world.acting("internal_verifier")
    with acting_as(by):
        for count in range(6):
            at = world.at + timedelta(minutes=11 * count)
            verdict, _ = begin_topic("customer-service", title=f"T{count}", text="x", at=at, by=by)
            assert verdict.allowed is (count < 5)
    assert "You have begun 5 topics" in verdict.refused[0].text


def test_a_long_topic_and_many_topics_are_turned_in_pages(world, topic, as_role):
    author = world.people["assessor"]
    Post.objects.bulk_create(
        Post(topic=topic, author=author, role="assessor", text=f"Post {count:03}", made_at=world.at)
        for count in range(120)
    )
    hidden = Post.objects.get(text="Post 010")
    HiddenPost.objects.create(
        post=hidden, topic=topic, reason="Off", hidden_by=world.people["quality_officer"], hidden_at=world.at
    )
    Topic.objects.bulk_create(
        Topic(subject_id="customer-service", title=f"Topic {count:03}", made_by=author, made_at=world.at,
              last_post_at=world.at - timedelta(microseconds=count // 3 + 1))
        for count in range(120)
    )  # fmt: skip
    officer = as_role("exams_officer")
    for first, said in (("topic", "Post"), ("community_subject", "Topic")):
        here = address(first, topic.pk if first == "topic" else "customer-service")
        url, found = here, []
        while url:
            page = officer.get(url).content.decode()
            found += [int(one.split("<")[0]) for one in page.split(f"{said} ")[1:] if one[:3].isdigit()]
            after = page.partition('rel="next"')[0].rpartition('href="')[2] if 'rel="next"' in page else ""
            url = here + after.split('"')[0] if after else ""
        assert sorted(found) == [one for one in range(120) if (said, one) != ("Post", 10)]
    for wrong in ("x", "20261123T123000.000000-x", "9" * 40, "-1"):
        assert officer.get(address("community_subject", "customer-service"), {"before": wrong}).status_code == 200
        assert officer.get(address("topic", topic.pk), {"after": wrong}).status_code == 200
    jump = officer.post(address("topic", topic.pk), {"text": "At the end"})
    assert "At the end" in words(officer.get(jump["Location"]))


def test_posts_stay_and_nobody_writes_in_anothers_name(world, topic):
    other = world.people["assessor"]
    for change in (lambda: Post.objects.update(text="x"), lambda: Topic.objects.update(title="x")):
        with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
            change()
    with pytest.raises(ProgrammingError, match="row-level security"), acting_as(world.acting("exams_officer")):
        Post.objects.create(topic=topic, author=other, role="assessor", text="Mine", made_at=world.at)
    by = world.acting("exams_officer")
    with pytest.raises(DatabaseError, match="permission denied"), acting_as(by):
        hide_post(topic.posts.get().pk, reason="x", at=world.at, by=by)


def test_what_is_not_seen_is_left_out_of_a_post():
    assert plain(" a\u202eb\x00c\r\nd\n\n\n\ne\u200b\tf ") == "abc\nd\n\nef"
    assert plain("e\u0301") == "é"
