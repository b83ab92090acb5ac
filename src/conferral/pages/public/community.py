"""The community: topics by subject, newest talk first; posts in the order in which they were written."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from conferral.actions.community import begin_topic, hide_post, write_post
from conferral.pages.chrome import under_library
from conferral.pages.public.alerts import in_words
from conferral.records.community.models import HiddenPost, Post, Topic
from conferral.records.guidance.models import Subject

PAGE = 50
MARK = "%Y%m%dT%H%M%S.%f"


class PostForm(forms.Form):
    """What somebody writes."""

    text = forms.CharField(
        label="Your post",
        help_text="Everybody with a role here can read it, with your name. Name no candidates.",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Write something", "max_length": "Keep it to 4,000 characters"},
    )


class TopicForm(PostForm):
    """A topic and its first post."""

    title = forms.CharField(
        max_length=150,
        error_messages={"required": "Enter a title", "max_length": "Keep the title to 150 characters"},
    )
    field_order = ("title", "text")


class HideForm(forms.Form):
    """Why a post is hidden."""

    reason = forms.CharField(
        help_text="Readers see it in the place of the post.",
        max_length=300,
        error_messages={"required": "Say why", "max_length": "Keep it to 300 characters"},
    )


def subjects(request: HttpRequest) -> HttpResponse:
    """Every subject, with when somebody last wrote in it."""
    under_library(request)
    found = Subject.objects.annotate(count=Count("topics"), last=Max("topics__last_post_at"))
    return render(request, "community/subjects.html", {"page": {"title": "Community", "subjects": list(found)}})


def topics(request: HttpRequest, id: str) -> HttpResponse:
    """The topics of a subject, the one with the newest post first."""
    under_library(request)
    subject = get_object_or_404(Subject, pk=id)
    found = Topic.objects.filter(subject=subject).select_related("made_by").order_by("-last_post_at", "-id")
    before = _mark(request.GET.get("before", ""))
    if before:
        moment, key = before
        found = found.filter(Q(last_post_at__lt=moment) | Q(last_post_at=moment, pk__lt=key))
    rows = list(found[: PAGE + 1])
    here = reverse("community_subject", args=[subject.pk])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    older = f"?before={last.last_post_at.astimezone(UTC):{MARK}}-{last.pk}" if last else ""
    page = {
        "title": subject.title,
        "subject": subject,
        "topics": rows[:PAGE],
        "older_url": older,
        "newer_url": here if before else "",
    }
    return render(request, "community/topics.html", {"page": page})


def _mark(said: str) -> tuple[datetime, int] | None:
    moment, _, key = said.partition("-")
    try:
        return datetime.strptime(moment, MARK).replace(tzinfo=UTC), int(key[:18])
    except ValueError:
        return None


def begin(request: HttpRequest, id: str) -> HttpResponse:
    """Begin a topic."""
    under_library(request)
    subject = get_object_or_404(Subject, pk=id)
    form = TopicForm(request.POST if request.method == "POST" else None)
    verdict = None
    if request.method == "POST" and form.is_valid():
        verdict, topic = begin_topic(subject.pk, **form.cleaned_data, at=request.at, by=request.acting)
        if topic:
            return _see_other("topic", topic.pk)
    page = {
        "title": f"Begin a topic in {subject.title}",
        "form": form,
        "verb": "Begin the topic",
        "verdict": verdict,
        "heading": "The topic is not begun",
        "refused": request.method == "POST",
        "crumbs": [*_crumbs(subject), {"label": "Begin a topic"}],
    }
    return render(request, "desk/form.html", {"page": page}, status=422 if page["refused"] else 200)


def topic(request: HttpRequest, id: int) -> HttpResponse:
    """A topic with its posts; on POST, write in it."""
    under_library(request)
    found = get_object_or_404(Topic.objects.select_related("subject"), pk=id)
    form, verdict = PostForm(request.POST if request.method == "POST" else None), None
    if request.method == "POST" and form.is_valid():
        verdict, post = write_post(id, text=form.cleaned_data["text"], at=request.at, by=request.acting)
        if post:
            place = found.posts.filter(pk__lt=post.pk).count() // PAGE
            after = found.posts.values_list("pk", flat=True)[place * PAGE - 1] if place else 0
            return _see_other("topic", id, f"?after={after}#post-{post.pk}")
    asked = request.GET.get("after", "")
    after = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 18 else 0
    posts, more = _posts(found, after)
    page = {
        "title": found.title,
        "topic": found,
        "posts": posts,
        "form": form,
        "verdict": verdict,
        "refused": request.method == "POST",
        "may_hide": request.acting.may("hide_posts"),
        "newer_url": f"?after={posts[-1]['id']}" if more else "",
        "older_url": reverse("topic", args=[id]) if after else "",
        "crumbs": [*_crumbs(found.subject), {"label": found.title}],
    }
    return render(request, "community/topic.html", {"page": page}, status=422 if page["refused"] else 200)


def _posts(found: Topic, after: int) -> tuple[list[dict[str, Any]], bool]:
    """A page of posts in order, and whether more follow; what is hidden from the reader is shown by its reason."""
    rows = list(found.posts.filter(pk__gt=after).select_related("author", "hidden")[: PAGE + 1])
    gone = HiddenPost.objects.filter(topic=found, post_id__gt=after).exclude(post_id__in=[row.pk for row in rows])
    shown = [_post(row) for row in rows]
    shown += [{"id": row.post_id, "post": None, "hidden": row} for row in gone.order_by("post_id")[: PAGE + 1]]
    shown.sort(key=lambda one: one["id"])
    return shown[:PAGE], len(shown) > PAGE


def _post(row: Post) -> dict[str, Any]:
    role = in_words(row.role).capitalize()
    return {"id": row.pk, "post": row, "role": role, "hidden": getattr(row, "hidden", None)}


def hide(request: HttpRequest, id: int) -> HttpResponse:
    """Hide a post, with the reason that readers see."""
    under_library(request)
    post = get_object_or_404(Post.objects.select_related("topic__subject", "author"), pk=id)
    form = HideForm(request.POST if request.method == "POST" else None)
    verdict = None
    if request.method == "POST" and form.is_valid():
        verdict = hide_post(id, reason=form.cleaned_data["reason"], at=request.at, by=request.acting)
        if verdict.allowed:
            return _see_other("topic", post.topic_id)
    page = {
        "title": "Hide a post",
        "lead": f"{post.author.name} wrote in “{post.topic.title}”: {post.text[:300]}",
        "form": form,
        "verb": "Hide the post",
        "verdict": verdict,
        "heading": "The post is not hidden",
        "refused": request.method == "POST",
        "crumbs": [
            *_crumbs(post.topic.subject),
            {"label": post.topic.title, "url": reverse("topic", args=[post.topic_id])},
            {"label": "Hide a post"},
        ],
    }
    return render(request, "desk/form.html", {"page": page}, status=422 if page["refused"] else 200)


def _crumbs(subject: Subject) -> list[dict[str, str]]:
    return [
        {"label": "Community", "url": reverse("community")},
        {"label": subject.title, "url": reverse("community_subject", args=[subject.pk])},
    ]


def _see_other(name: str, key: int, rest: str = "") -> HttpResponseRedirect:
    response = redirect(f"{reverse(name, args=[key])}{rest}")
    response.status_code = 303
    return response
