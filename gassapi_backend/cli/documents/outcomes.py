"""The outcomes of an import, for people, for scripts, and as a file."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.text import Text

from gassapi_backend.cli.console import err, out, print_table
from gassapi_backend.server.errors import Failure
from gassapi_backend.terminal_text import in_one_line

REFUSED, CONFLICTS, BROKEN = 2, 3, 1

_SHOWN_LINES = 20
_SHOWN_CHARACTERS = 60
_STYLES = {"conflict": "red", "skipped": "yellow", "gone": "yellow"}
_TOLD = ("conflict", "gone", "skipped", "renamed")
"""The kinds of report lines that somebody should see, the most important first."""


@dataclass(slots=True)
class Outcome:
    """The outcome of one document: an ``answer`` as the API gives it, or why there is none.

    ``skipped`` says why files of its folder were not read.
    """

    source: str
    answer: Any = None
    refusal: Failure | None = None
    skipped: dict[str, str] = field(default_factory=dict)

    @property
    def changes_something(self) -> bool:
        """Whether a merge found anything that is not here already."""
        answer = self.answer
        told = any(line["what"] in ("gone", "conflict") for line in answer["report"])
        return bool(any(answer["imported"].values()) or answer["updated"] or told)

    @property
    def view(self) -> dict[str, Any]:
        """It as JSON."""
        view: dict[str, Any] = {"source": self.source}
        if self.refusal is None:
            view["answer"] = self.answer
        else:
            error = {"code": str(self.refusal.code), "message": self.refusal.message}
            view["error"] = {**error, "details": self.refusal.details}
        if self.skipped:
            view["skippedFiles"] = [
                {"path": path, "reason": reason} for path, reason in self.skipped.items()
            ]
        return view


def exit_code(outcomes: Sequence[Outcome], *, fails_on_conflict: bool) -> int:
    """Return the exit code of the command: that of the worst outcome."""
    refusals = [one.refusal for one in outcomes if one.refusal]
    if any(one.status >= 500 for one in refusals):
        return BROKEN
    if refusals:
        return REFUSED
    has_conflicts = any(one.answer.get("conflicts") for one in outcomes)
    return CONFLICTS if fails_on_conflict and has_conflicts else 0


def report_of(outcomes: Sequence[Outcome], project: Any, code: int) -> dict[str, Any]:
    """Return all outcomes of an import as JSON, for ``--json`` and ``--report``."""
    named = project and {"id": project["id"], "name": project["name"]}
    return {"project": named, "exitCode": code, "imports": [one.view for one in outcomes]}


def print_outcomes(outcomes: Sequence[Outcome]) -> None:
    """Print a table of what was imported, notes about it, and what was refused."""
    done = [one for one in outcomes if one.refusal is None]
    if done:
        print_table(
            "Imports", list(_columns(done[0])), [list(_columns(one).values()) for one in done]
        )
    for one in outcomes:
        _print_lines(one, is_named=len(outcomes) > 1)
    for one in outcomes:
        if one.refusal is not None:
            err.print(
                Text.assemble(("Refused: ", "bold red"), f"{one.source}: {reason_of(one.refusal)}")
            )


def _columns(outcome: Outcome) -> dict[str, Any]:
    """Return the row of a document, by heading; what cannot happen has no column."""
    answer = outcome.answer
    imported = answer["imported"]
    row = {"Document": outcome.source}
    if "format" in answer:
        row["Format"] = f"{answer['format']} {answer['version']}".strip()
    row |= {
        "Collections": imported["collections"],
        "Requests": imported["endpoints"],
        "Environments": imported["environments"],
    }
    if "flows" in answer:
        return {**row, "Flows": answer["flows"]}
    return {
        **row,
        "Updated": answer["updated"],
        "Unchanged": answer["unchanged"],
        "Renamed": sum(line["what"] == "renamed" for line in answer["report"]),
        "Kept": answer["kept"],
        "Skipped": answer["skipped"],
        "Conflicts": answer["conflicts"],
    }


def _print_lines(outcome: Outcome, *, is_named: bool) -> None:
    """Print some of the report lines that somebody should see."""
    told = [line for line in (outcome.answer or {}).get("report", ()) if line["what"] in _TOLD]
    told += [_skipped_file(path, reason) for path, reason in outcome.skipped.items()]
    if told:
        out.print()
    if told and is_named:
        out.print(Text(in_one_line(outcome.source), "bold"))
    for line in told[:_SHOWN_LINES]:
        out.print(_line(line))
    if len(told) > _SHOWN_LINES:
        out.print(f"and {len(told) - _SHOWN_LINES} more: --report writes them to a file.")


def _skipped_file(path: str, reason: str) -> dict[str, Any]:
    return {"what": "skipped", "kind": "file", "name": path, "pointer": "", "reason": reason}


def _line(line: Any) -> Text:
    name, place = in_one_line(line["name"]), in_one_line(line["pointer"])
    what = " ".join(
        filter(None, [line["kind"], name, f"({place})" if place not in ("", name) else ""])
    )
    text = Text.assemble(
        (f"{line['what']:<9}", _STYLES.get(line["what"], "dim")),
        f"{what}: {in_one_line(line['reason'])}",
    )
    if "field" in line:
        values = _value(line["ours"]), _value(line["source"])
        text.append(" Here: {}; in the document: {}.".format(*values), "dim")
    return text


def _value(value: Any) -> str:
    if value is None:
        return "nothing"
    text = in_one_line(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"


def reason_of(refusal: Failure) -> str:
    """Return a refusal in the command line's terms."""
    details = refusal.details
    if isinstance(details, dict) and "candidates" in details:
        return _which_one(details["candidates"])
    if isinstance(details, list):
        return "\n".join(_detail(one) for one in details) or refusal.message
    return refusal.message


def _detail(detail: Any) -> str:
    """Return the refusal of a field; the document is not named, as it is clear."""
    field_ = "" if detail["field"] == "data" else f"{detail['field']}: "
    place = f" ({detail['pointer']})" if detail.get("pointer") else ""
    return f"{field_}{detail['reason']}{place}"


def _which_one(candidates: Iterable[Any]) -> str:
    lines = [f"  {one['id']}  {one['name']}" for one in candidates]
    if not lines:
        return (
            "No collection here came from an earlier version of it. Import it without --merge, or "
            "name the one to merge it into with --into COLLECTION."
        )
    return "Several collections here came from it. Choose one with --into ID:\n" + "\n".join(lines)
