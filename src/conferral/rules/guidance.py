"""What a version of a support document must say, and who may hear of it."""

from typing import Any

from conferral.rules.rule import rule
from conferral.rules.terms import absent, after, holds, lacks


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
