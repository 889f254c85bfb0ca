"""What an import answers: counts of everything, and a report of limited length."""

from collections.abc import Iterable, Mapping, Sequence

from gassapi_backend.exchange.child.frames import Frame
from gassapi_backend.exchange.tree import Json
from gassapi_backend.fair_share import Steps, in_steps
from gassapi_backend.server.importing.children import Read
from gassapi_backend.server.importing.schemas import ImportAnswer, Imported, ReportLine

MAX_LINES = 1000

_RANKS = {"conflict": 0, "gone": 1, "skipped": 2, "updated": 3, "renamed": 4, "kept": 5}


async def import_report(
    read: Read,
    *,
    collection_id: str | None,
    is_dry: bool,
    ids: Mapping[str, str],
    renamed: Iterable[Json] = (),
    is_merge: bool = False,
) -> ImportAnswer:
    """Return the answer to an import.

    ``ids`` are those of what was created, by the child's names for it; ``renamed`` are lines about
    names that were taken here.
    """
    described, given = read.described, [*renamed]
    notes = [*given, *read.notes]
    if not is_merge:
        notes += [line async for line in in_steps(map(_created, read.rows[:MAX_LINES]))]
    counts = {**described["noteCounts"]}
    total = sum(counts.values()) + len(given) + (0 if is_merge else len(read.rows))
    notes.sort(key=lambda note: _RANKS.get(note["what"], 6))
    return {
        "format": described["format"],
        "version": described["version"],
        "dryRun": is_dry,
        "collectionId": collection_id,
        "imported": imported(read),
        "updated": read.updated,
        "unchanged": read.unchanged,
        "kept": counts.get("kept", 0),
        "skipped": counts.get("skipped", 0),
        "conflicts": counts.get("conflict", 0),
        "report": [line async for line in in_steps(_line(one, ids) for one in notes[:MAX_LINES])],
        "reportTruncated": total > MAX_LINES,
    }


async def joined(parts: Sequence[ImportAnswer], read: Read) -> ImportAnswer:
    """Return one answer for a document whose collections were merged one by one."""
    if len(parts) == 1:
        return parts[0]
    lines, steps = list[ReportLine](), Steps()
    for part in parts:
        await steps.end()
        lines = sorted([*lines, *part["report"]], key=lambda line: _RANKS.get(line["what"], 6))
        lines = lines[: MAX_LINES + 1]
    made = [part["imported"] for part in parts]
    return {
        "format": read.described["format"],
        "version": read.described["version"],
        "dryRun": parts[0]["dryRun"],
        "collectionId": next((id_ for part in parts if (id_ := part["collectionId"])), None),
        "imported": {
            "collections": sum(one["collections"] for one in made),
            "endpoints": sum(one["endpoints"] for one in made),
            "environments": sum(one["environments"] for one in made),
            "variables": sum(one["variables"] for one in made),
        },
        "updated": sum(part["updated"] for part in parts),
        "unchanged": sum(part["unchanged"] for part in parts),
        "kept": sum(part["kept"] for part in parts),
        "skipped": sum(part["skipped"] for part in parts),
        "conflicts": sum(part["conflicts"] for part in parts),
        "report": lines[:MAX_LINES],
        "reportTruncated": len(lines) > MAX_LINES or any(part["reportTruncated"] for part in parts),
    }


def imported(read: Read) -> Imported:
    """Return the counts of what is created."""
    counts = read.counts
    return {
        "collections": counts["collection"],
        "endpoints": counts["endpoint"],
        "environments": counts["environment"],
        "variables": counts["variables"],
    }


def _created(frame: Frame) -> Json:
    """Return a line for a thing of a document that is imported as a new one."""
    return {
        "what": "created",
        "kind": frame.said["node"],
        "id": frame.said["number"],
        "name": frame.said["fields"]["name"],
        "pointer": (frame.said["origin"] or {}).get("pointer", ""),
        "reason": "",
    }


def _line(note: Json, ids: Mapping[str, str]) -> ReportLine:
    line: ReportLine = {
        "what": note["what"],
        "kind": note["kind"],
        "name": note["name"],
        "pointer": note["pointer"],
        "reason": note["reason"],
    }
    id_ = note.get("id")
    if id_ is not None and (found := ids.get(id_, id_ if _is_ours(id_) else None)):
        line["id"] = found
    details = note.get("details") or {}
    if "field" in details:
        line["field"] = str(details["field"])
        line["ours"] = details.get("ours")
        line["source"] = details.get("source")
    return line


def _is_ours(id_: Json) -> bool:
    """Whether an id is a row's, not the child's name for something new."""
    return isinstance(id_, str) and not id_.startswith("new ")
