"""Files as evidence: which are kept, what is refused at the door, and why."""

from typing import Any

from conferral.rules.rule import NOTED, WARNED, rule
from conferral.rules.terms import after, before, differs, holds, lacks, present

# What is kept, by the kind that the content shows, in words for a sentence.
KINDS = {
    "pdf": "a PDF",
    "docx": "a Word document",
    "xlsx": "an Excel workbook",
    "pptx": "a PowerPoint presentation",
    "odt": "an OpenDocument text",
    "ods": "an OpenDocument spreadsheet",
    "odp": "an OpenDocument presentation",
    "text": "plain text",
    "jpeg": "a JPEG picture",
    "png": "a PNG picture",
    "webp": "a WebP picture",
    "mp3": "an MP3 recording",
    "m4a": "an M4A recording",
    "wav": "a WAV recording",
    "ogg": "an Ogg recording",
    "mp4": "an MP4 or MOV video",
    "webm": "a WebM video",
}
# Of other kinds it is said what they are.
REFUSED_KINDS = {
    "zip": "an archive of files",
    "archive": "an archive of files",
    "html": "a web page",
    "ole": "a file of Office 2003 or earlier",
    "rtf": "a Rich Text file",
    "gif": "a GIF picture",
    "heic": "a HEIC picture",
    "program": "a program",
}


@rule(
    "file-empty",
    subject="file",
    clause="house",
    refuse="{name} is empty.",
    remedy="Open the file where you made it, save it again and choose that copy.",
)
def file_empty(file: Any) -> Any:
    """A file of evidence has something in it."""
    return before(file.size, 1)


@rule(
    "file-too-large",
    subject="file",
    clause="house",
    refuse="{name} is larger than {most_megabytes} MB.",
    remedy="Cut a recording into parts, or save pictures smaller. Each part may have {most_megabytes} MB.",
)
def file_too_large(file: Any) -> Any:
    """A file of evidence is no larger than the policy allows."""
    return after(file.size, file.most)


@rule(
    "file-without-room",
    subject="file",
    clause="house",
    needs=("room",),
    refuse="There is no room for {name} here now.",
    remedy="Nothing is wrong with your file. Tell the awarding organisation, and send the work by post meanwhile.",
)
def file_without_room(file: Any) -> Any:
    """A file is begun only where it can be kept whole."""
    return lacks(file.room)


@rule(
    "file-not-read",
    subject="file",
    clause="house",
    needs=("unread",),
    refuse="{name} can’t be looked into: {unread}.",
    remedy="Save it again in the program that made it, or print it to a PDF, and choose that copy.",
)
def file_not_read(file: Any) -> Any:
    """A file that can't be looked into within the limits is not kept.

    It is looked into by a process of its own, with bounds on memory and time; a crash there ends as this refusal.
    """
    return present(file.unread)


@rule(
    "file-not-looked-into",
    subject="file",
    clause="house",
    needs=("broken_off",),
    refuse="{name} could not be looked into: {broken_off} tries were broken off.",
    remedy="Upload it again. If that ends the same way, tell the awarding organisation, and send the work by post.",
)
def file_not_looked_into(file: Any) -> Any:
    """A file is looked into again when that was broken off, a few times; then it is not kept.

    The file need not be at fault: a worker may have been stopped, or the place where files are kept.
    """
    return present(file.broken_off)


@rule(
    "file-kind-not-taken",
    subject="file",
    clause="house",
    needs=("accepted", "kind"),
    refuse="{name} is {kind}, which can’t be shown to a moderator.",
    remedy="Send PDF, DOCX, XLSX, PPTX, OpenDocument, plain text, JPEG, PNG, sound or video. Unpack archives.",
    reading="The kind is told by what the file holds. Its name does not count.",
    decided_by="house",
)
def file_kind_not_taken(file: Any) -> Any:
    """Only files that a moderator can see or hear are kept as evidence."""
    return lacks(file.accepted)


@rule(
    "file-of-two-kinds",
    subject="file",
    clause="house",
    needs=("kind", "also"),
    refuse="{name} is {kind} and {also} at once.",
    remedy="Open it, save it anew in the program that made it, and choose that copy.",
)
def file_of_two_kinds(file: Any) -> Any:
    """A file that different programs would open as different things is not kept."""
    return present(file.also)


@rule(
    "file-with-password",
    subject="file",
    clause="house",
    needs=("encrypted",),
    refuse="{name} is protected by a password or by restrictions.",
    remedy="Save a copy without protection, or print it to a PDF, and choose that copy.",
)
def file_with_password(file: Any) -> Any:
    """Evidence can be opened without a password."""
    return holds(file.encrypted)


@rule(
    "file-damaged",
    subject="file",
    clause="house",
    needs=("damaged",),
    refuse="{name} is damaged: it can’t be opened to its end.",
    remedy="Open it where you made it and save it again. A copy from a stick or a mail may have been cut off.",
)
def file_damaged(file: Any) -> Any:
    """Evidence is whole when it arrives."""
    return holds(file.damaged)


@rule(
    "file-with-macros",
    subject="file",
    clause="house",
    needs=("macros",),
    refuse="{name} holds macros, which are programs.",
    remedy="Save it as a document without macros (.docx, .xlsx, .pptx) or as a PDF.",
)
def file_with_macros(file: Any) -> Any:
    """No program comes with evidence."""
    return holds(file.macros)


@rule(
    "file-acts-by-itself",
    subject="file",
    clause="house",
    needs=("acts",),
    refuse="{name} would {acts} when somebody opens it.",
    remedy="Print it to a PDF and choose that copy; send what is packed in it as a file of its own.",
)
def file_acts_by_itself(file: Any) -> Any:
    """Evidence does nothing by itself: no script, no program, nothing sent or fetched, no file packed within."""
    return present(file.acts)


@rule(
    "file-unpacks-too-large",
    subject="file",
    clause="house",
    refuse="{name} would become too large when it is opened.",
    remedy="Save pictures in it smaller, or cut the document into parts. Most files grow ten or twenty times at most.",
)
def file_unpacks_too_large(file: Any) -> Any:
    """A file stays within bounds when it is unpacked: in size, in how hard it is packed, and in its parts."""
    grown = after(file.unpacked_megabytes, file.most_unpacked) | after(file.times, file.most_times)
    return grown | after(file.parts, file.most_parts)


@rule(
    "file-with-archives-within",
    subject="file",
    clause="house",
    needs=("depth", "deepest"),
    refuse="{name} holds archives within archives.",
    remedy="Unpack it and choose the files that are the candidate’s work.",
)
def file_with_archives_within(file: Any) -> Any:
    """A file is not packed again and again."""
    return after(file.depth, file.deepest)


@rule(
    "file-with-threat",
    subject="file",
    clause="house",
    needs=("threat",),
    refuse="{name} holds what the scanner knows as {threat}.",
    remedy="Don’t open it. Ask whoever looks after your computers; the file is not kept here.",
)
def file_with_threat(file: Any) -> Any:
    """A file in which the scanner finds a threat is not kept."""
    return present(file.threat)


@rule(
    "file-scanner-silent",
    subject="file",
    clause="house",
    needs=("unscanned",),
    refuse="{name} can’t be scanned now: {unscanned}.",
    remedy="Nothing is wrong with your file. Choose it again in a few minutes.",
)
def file_scanner_silent(file: Any) -> Any:
    """Where files are scanned, none is kept unscanned."""
    return present(file.unscanned)


@rule(
    "file-already-there",
    subject="file",
    clause="house",
    needs=("there_as",),
    refuse="{name} is there already, as {there_as}.",
    remedy="Nothing to do: one file may answer several criteria and units of its candidate.",
)
def file_already_there(file: Any) -> Any:
    """The same file stands once for one candidate in one claim."""
    return present(file.there_as)


@rule(
    "file-for-another-candidate",
    subject="file",
    outcome=WARNED,
    clause="house",
    needs=("for_another",),
    refuse="The same file as {name} stands for another candidate.",
    remedy="Check whose work it is. The moderator sees this too. A record of a group’s work may stand for each.",
)
def file_for_another_candidate(file: Any) -> Any:
    """Work that stands for two candidates is looked at with care.

    At any centre and in any claim; where it stands is not told.
    """
    return holds(file.for_another)


@rule(
    "file-with-links",
    subject="file",
    outcome=WARNED,
    clause="house",
    needs=("links",),
    refuse="{name} has links to other places.",
    remedy="A moderator need not follow them: what counts as evidence is sent as a file.",
)
def file_with_links(file: Any) -> Any:
    """Evidence stands by itself: what lies behind a link may change or vanish."""
    return after(file.links, 0)


@rule(
    "file-name-cleaned",
    subject="file",
    outcome=NOTED,
    clause="house",
    needs=("written",),
    refuse="The name of {name} was made shorter, or plainer, for showing.",
    remedy="Nothing to do. The file itself is kept as it came.",
)
def file_name_cleaned(file: Any) -> Any:
    """A name with folders, control characters or more than 120 characters is shown without them."""
    return differs(file.written, file.name)
