"""What parameters mean that have no description of their own."""

import re

UNKNOWN = "Its"  # begins what is said of those that nobody described: a test finds them
_KNOWN = {
    "action": "Only what was done in this way, like `project_updated`.",
    "createdBy": "Only those that this person made, by their id.",
    "file": "The name of the file.",
    "flat": "One list instead of a tree.",
    "format": "The format that is wanted.",
    "fromDate": "From this time or day on.",
    "includeExamples": "Whether the saved examples are in it.",
    "includeSubCollections": "Whether the collections below are in it.",
    "invitation_token": "The token of the invitation's link.",
    "isActive": "Only those that are active, or only those that are not.",
    "isAdmin": "Only administrators, or only all others.",
    "limit": "The largest number of them in an answer.",
    "link": "The token that the link ends in.",
    "method": "Only those of this HTTP method, in any case.",
    "offset": "How many to skip.",
    "order": "Ascending or descending.",
    "page": "The page that is wanted, from 1.",
    "console_version": "The version of the console's files, as its pages name it.",
    "module": "The name of the file.",
    "folder": "The folder that the file is in.",
    "part": "The name of the file.",
    "projectId": "The id of the project that they belong to.",
    "resourceType": "Only what was done to things of this kind, like `project`.",
    "reveal": "Whether secret values are shown.",
    "role": "Only those in which one has this role.",
    "search": "Text that the name contains, in any case.",
    "shape": "The shape that is wanted.",
    "since": "The revision that is known already: only what came after it.",
    "sort": "What they are ordered by.",
    "status": "Only those in this state.",
    "toDate": "Up to this time or day.",
    "token": "The token of the link.",
    "version": "The version of the format.",
}


def described(name: str) -> str:
    """Return the meaning of a parameter, as well as it can be told from the name."""
    if name in _KNOWN:
        return _KNOWN[name]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    if words.endswith(" id"):
        return f"Only those of the {words.removesuffix(' id')} with this id."
    return f"{UNKNOWN} {words}."
