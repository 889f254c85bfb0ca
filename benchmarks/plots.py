"""Lines over an axis, and bars beside each other, as pictures that any browser shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 420, 300
LEFT, TOP, RIGHT, BOTTOM = 46, 34, 14, 40
COLOURS = ("#0b6bcb", "#c2410c", "#15803d", "#7c3aed")


@dataclass(frozen=True)
class Line:
    """A named row of points."""

    name: str
    points: list[tuple[float, float]]


def drawn(panels: dict[str, list[Line]], across: str = "megabytes") -> str:
    """Return an SVG document with a panel for each title, side by side."""
    parts = [
        _panel(title, lines, at * WIDTH, across) for at, (title, lines) in enumerate(panels.items())
    ]
    size = f'width="{WIDTH * len(panels)}" height="{HEIGHT}"'
    box = f'viewBox="0 0 {WIDTH * len(panels)} {HEIGHT}"'
    font = 'font-family="sans-serif" font-size="11" fill="#333"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box} {font}>\n'
        '<rect width="100%" height="100%" fill="#fff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


Bars = Mapping[str, Mapping[str, float]]
"""By the name of a group, the values of each kind."""

BAR, NAMES = 9, 230


def bars(panels: Mapping[str, Bars], across: str) -> str:
    """Return an SVG document with a panel of horizontal bars for each title, one below the other.

    A line marks where a value is 1.
    """
    parts, top = [], 0.0
    for title, groups in panels.items():
        text, high = _bar_panel(title, groups, top, across)
        parts.append(text)
        top += high
    width = NAMES + WIDTH
    size = f'width="{width}" height="{top:g}" viewBox="0 0 {width} {top:g}"'
    font = 'font-family="sans-serif" font-size="11" fill="#333"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font}>\n'
        '<rect width="100%" height="100%" fill="#fff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _bar_panel(title: str, groups: Bars, top: float, across: str) -> tuple[str, float]:
    """Return a panel, and how high it is."""
    kinds = list(next(iter(groups.values())))
    highest = max(value for values in groups.values() for value in values.values())
    wide = (WIDTH - RIGHT - 40) / highest
    parts = [f'<text x="8" y="{top + 16:g}" font-weight="bold">{escape(title)}</text>']
    for number, kind in enumerate(kinds):
        colour = COLOURS[number % len(COLOURS)]
        at = f'x="{NAMES + number * 130}" y="{top + 34:g}"'
        parts.append(f'<text {at} fill="{colour}">{escape(kind)}</text>')
    y = begin = top + 44
    for name, values in groups.items():
        middle = y + BAR * len(kinds) / 2 + 4
        parts.append(
            f'<text x="{NAMES - 8}" y="{middle:g}" text-anchor="end">{escape(name)}</text>'
        )
        for number, value in enumerate(values.values()):
            colour, end = COLOURS[number % len(COLOURS)], NAMES + value * wide
            box = f'x="{NAMES}" y="{y:g}" width="{value * wide:.1f}" height="{BAR - 1}"'
            parts.append(f'<rect {box} fill="{colour}"/>')
            parts.append(f'<text x="{end + 4:.1f}" y="{y + BAR - 1:g}">{value:.2f}</text>')
            y += BAR
        y += 8
    one = NAMES + wide
    ends = f'x1="{one:.1f}" x2="{one:.1f}" y1="{begin:g}" y2="{y:g}"'
    parts.append(f'<line {ends} stroke="#333" stroke-dasharray="3 3"/>')
    parts.append(f'<text x="{NAMES}" y="{y + 14:g}">{escape(across)}</text>')
    return "\n".join(parts), y + 28 - top


def _panel(title: str, lines: list[Line], left: float, across: str) -> str:
    widest = max(x for line in lines for x, _ in line.points) * 1.02
    highest = _round_up(max(y for line in lines for _, y in line.points))
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def place(x: float, y: float) -> str:
        return f"{left + LEFT + x / widest * wide:.1f},{TOP + (1 - y / highest) * high:.1f}"

    parts = [f'<text x="{left + LEFT}" y="16" font-weight="bold">{escape(title)}</text>']
    for step in range(5):
        y = TOP + (1 - step / 4) * high
        ends = f'x1="{left + LEFT}" x2="{left + WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"'
        parts.append(f'<line {ends} stroke="#ddd"/>')
        parts.append(
            f'<text x="{left + LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">'
            f"{highest * step / 4:g}</text>"
        )
    for number, line in enumerate(lines):
        colour = COLOURS[number % len(COLOURS)]
        points = " ".join(place(x, y) for x, y in line.points)
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
        y = TOP + 10 + number * 14
        parts.append(
            f'<text x="{left + LEFT + 8}" y="{y}" fill="{colour}">{escape(line.name)}</text>'
        )
    for at in range(0, int(widest) + 1, 2):
        x = left + LEFT + at / widest * wide
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - 24}" text-anchor="middle">{at}</text>')
    middle = left + LEFT + wide / 2
    parts.append(
        f'<text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">{escape(across)}</text>'
    )
    return "\n".join(parts)


def _round_up(value: float) -> float:
    """Return the next number that makes an even scale."""
    step = 10 ** (len(str(int(value))) - 1) if value >= 1 else 0.1
    return (int(value / step) + 1) * step
