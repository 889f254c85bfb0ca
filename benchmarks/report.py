"""What a run found: tables for its README, and a picture beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- begin: make bench -->", "<!-- end: make bench -->"


@dataclass
class Table:
    """A table with what it is about, and whatever has to be said of it.

    ``bars`` is what a picture shows of it: by the name of a row, the values of each database.
    """

    title: str
    columns: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    note: str = ""
    bars: dict[str, dict[str, float]] = field(default_factory=dict)

    def as_markdown(self) -> str:
        """Return it as a README shows it."""
        lines = [f"### {self.title}", ""]
        lines += [self.note, ""] if self.note else []
        lines += [_line(self.columns), _line(["---", *["--:"] * (len(self.columns) - 1)])]
        return "\n".join([*lines, *map(_line, self.rows)])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def write(text: str, into: Path = README, marks: tuple[str, str] = (BEGIN, END)) -> None:
    """Put a text between the marks in a document. Raises ``ValueError`` where there are none."""
    before, begin, rest = into.read_text("utf-8").partition(marks[0])
    _, end, after = rest.partition(marks[1])
    if not (begin and end):
        raise ValueError(f"{into} has no marks for what a run found.")
    into.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", "utf-8")
