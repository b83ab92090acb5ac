"""Support documents, e-alerts, the community and the yearly report: what each must say, and how much is too much."""

from typing import Any

from conferral.rules.rule import rule
from conferral.rules.terms import absent, after, before, holds, lacks, present, same


@rule(
    "version-without-content",
    subject="version",
    about="text",
    clause="moderation-2012 p7",
    refuse="The version has neither a text nor a file.",
    remedy="Write or paste the text, choose a file, or do both.",
    rulebook=("R22",),
)
def version_without_content(version: Any) -> Any:
    """A version of a support document has a text, a file, or both."""
    return absent(version.text) & absent(version.file)


@rule(
    "version-without-changes",
    subject="version",
    about="what_changed",
    clause="moderation-2012 p7",
    refuse="Version {number} doesn’t say what changed since the one before.",
    remedy="Say in a sentence or two what centres should look at.",
    reading="The report names what is new and updated; who knows the earlier version needs to know what differs.",
    decided_by="house",
    rulebook=("R22",),
)
def version_without_changes(version: Any) -> Any:
    """Every version but the first says what changed."""
    return after(version.number, 1) & absent(version.what_changed)


@rule(
    "version-says-the-same",
    subject="version",
    about="text",
    clause="house",
    refuse="This is word for word version {current}, which is the current one.",
    remedy="Change the text or the file, or leave the document as it is.",
)
def version_says_the_same(version: Any) -> Any:
    """A new version differs from the one before, so that nobody is sent to read the same again."""
    return holds(version.same)


@rule(
    "alert-for-role-not-held",
    subject="subscription",
    about="role",
    clause="moderation-2012 p7",
    refuse="You don’t hold the role of {role}.",
    remedy="Choose one of your own roles, or ask your head of centre to have it entered.",
    rulebook=("R23",),
)
def alert_for_role_not_held(subscription: Any) -> Any:
    """E-alerts go to people in a role that they hold."""
    return lacks(subscription.role_held)


@rule(
    "post-too-many",
    subject="post",
    clause="house",
    refuse="You have written {posts_lately} posts in the last ten minutes, and {most_posts} are the most.",
    remedy="Wait a few minutes; what you typed stays in the form.",
    rulebook=("R23",),
)
def post_too_many(post: Any) -> Any:
    """One person writes only so many posts in ten minutes."""
    return after(post.posts_lately, post.most_posts) | same(post.posts_lately, post.most_posts)


@rule(
    "topic-too-many",
    subject="topic",
    clause="house",
    refuse="You have begun {topics_lately} topics in the last 24 hours, and {most_topics} are the most.",
    remedy="Write in a topic that is there, or begin yours tomorrow.",
)
def topic_too_many(topic: Any) -> Any:
    """One person begins only so many topics in 24 hours."""
    return after(topic.topics_lately, topic.most_topics) | same(topic.topics_lately, topic.most_topics)


@rule(
    "topic-begun-before",
    subject="topic",
    clause="house",
    refuse="There is a topic with this title.",
    remedy="Write in that one, or choose a title that says what differs.",
)
def topic_begun_before(topic: Any) -> Any:
    """A subject has one topic of each title."""
    return holds(topic.begun_before)


@rule(
    "hiding-without-reason",
    subject="hiding",
    about="reason",
    clause="house",
    refuse="The reason is missing: readers see it in the place of the post.",
    remedy="Say in a sentence what is against the community’s purpose.",
)
def hiding_without_reason(hiding: Any) -> Any:
    """A post is hidden with a reason that readers see."""
    return absent(hiding.reason)


@rule(
    "post-already-hidden",
    subject="hiding",
    clause="house",
    needs=("hidden_on",),
    refuse="This post was hidden on {hidden_on}.",
    remedy="Look at the topic: somebody was quicker than you.",
)
def post_already_hidden(hiding: Any) -> Any:
    """A post is hidden once."""
    return present(hiding.hidden_on)


@rule(
    "report-on-too-few-centres",
    subject="draft",
    about="centres",
    clause="house",
    refuse="{centres} centres claimed in {subject} that year, and a report needs {fewest}.",
    remedy="Write to those centres themselves: in a report to all they would be recognised.",
    rulebook=("R27",),
)
def report_on_too_few_centres(draft: Any) -> Any:
    """A yearly report is drafted only where no centre can be recognised in it."""
    return before(draft.centres, draft.fewest)


@rule(
    "year-not-over",
    subject="publication",
    about="ends_on",
    clause="moderation-2012 p1",
    refuse="The year ends on {ends_on}: figures may still change.",
    remedy="Draft it again after that day, then publish it.",
    reading="The 2012 report bears the date of September, after the year that it tells of.",
    decided_by="house",
    rulebook=("R27",),
)
def year_not_over(publication: Any) -> Any:
    """A yearly report goes out when its year is over."""
    return after(publication.ends_on, publication.published_on) | same(publication.ends_on, publication.published_on)


@rule(
    "section-not-read",
    subject="publication",
    about="unread",
    clause="house",
    refuse="{unread} sections are as they were drafted, and nobody has kept them.",
    remedy="Read each section, change what you would say otherwise, and keep it.",
    rulebook=("R27",),
)
def section_not_read(publication: Any) -> Any:
    """A person has read each section of a report before it goes out."""
    return after(publication.unread, 0)


@rule(
    "report-without-section",
    subject="publication",
    clause="house",
    refuse="The report has no section: the year gave no cause for any.",
    remedy="Draft it again when claims of that year have been decided.",
)
def report_without_section(publication: Any) -> Any:
    """A report that goes out says something."""
    return before(publication.sections, 1)
