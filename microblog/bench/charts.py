"""Charts as SVG, each a row for every point of the grid; their colours come from the page's style sheet.

They are as wide as a phone, so that on any screen their letters have the size they were drawn with. Whoever rests the pointer
on a mark reads its figures.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from math import ceil, floor, log10

WIDTH = 330
LEFT, RIGHT = 40, 78  # room for a row's name, and for the figure behind its mark
ROW, BAR = 30, 14
FOOT = 20  # room for the axis

Figure = Mapping[str, float]


def bars(rows: Sequence[tuple[str, Figure]], *, words: str, marks: Mapping[str, float] | None = None) -> str:
    """A bar for the middle, a whisker from the least to the most; `marks` are lines to compare a row with."""
    marks = marks or {}
    top = max([figure["most"] for _, figure in rows] + list(marks.values()), default=1.0)

    def drawn(row: tuple[str, Figure], y: float, x: Callable[[float], float]) -> str:
        name, figure = row
        least, middle, most = (x(figure[each]) for each in ("least", "middle", "most"))
        centre = y + ROW / 2
        told = f"{name}: {number(figure['middle'])}, from {number(figure['least'])} to {number(figure['most'])}"
        end = most
        parts = [f'<rect class="bar" x="{LEFT}" y="{centre - BAR / 2}" width="{middle - LEFT:.1f}" height="{BAR}" rx="2"/>']
        parts.append(
            f'<path class="whisker" d="M{least:.1f} {centre}H{most:.1f}M{least:.1f} {centre - 4}v8M{most:.1f} {centre - 4}v8"/>'
        )
        if name in marks:
            mark = x(marks[name])
            parts.append(f'<path class="mark" d="M{mark:.1f} {centre - 11}v22"/>')
            told += f"; the limit {number(marks[name])}"
            end = mark if 0 <= mark - most < 44 else most
        parts.append(f'<text class="figure" x="{end + 6:.1f}" y="{centre + 4}">{number(figure["middle"])}</text>')
        return _group(parts, told)

    return _chart(rows, top, words, drawn)


def ranges(rows: Sequence[tuple[str, tuple[float, float]]], *, words: str) -> str:
    """A line from one figure to a greater one: what half wait, and what all but one in a hundred wait."""
    top = max((pair[1] for _, pair in rows), default=1.0)

    def drawn(row: tuple[str, tuple[float, float]], y: float, x: Callable[[float], float]) -> str:
        name, (half, most) = row
        centre = y + ROW / 2
        parts = [
            f'<path class="range" d="M{x(half):.1f} {centre}H{x(most):.1f}"/>',
            f'<circle class="half" cx="{x(half):.1f}" cy="{centre}" r="5"/>',
            f'<circle class="most" cx="{x(most):.1f}" cy="{centre}" r="5"/>',
            f'<text class="figure" x="{x(most) + 10:.1f}" y="{centre + 4}">{number(half)} – {number(most)}</text>',
        ]
        return _group(parts, f"{name}: half wait {number(half)} ms or less, 99 of 100 wait {number(most)} ms or less")

    return _chart(rows, top, words, drawn)


def stacks(rows: Sequence[tuple[str, Mapping[str, float]]], *, words: str) -> str:
    """Parts of a sum, one after the other."""
    top = max((sum(parts.values()) for _, parts in rows), default=1.0)

    def drawn(row: tuple[str, Mapping[str, float]], y: float, x: Callable[[float], float]) -> str:
        name, shares = row
        centre, total = y + ROW / 2, 0.0
        parts = []
        for part, value in shares.items():
            start, end = x(total), x(total + value)
            width = max(end - start - 1, 0.5)  # a gap between neighbours
            parts.append(
                f'<rect class="{escape(part)}" x="{start:.1f}" y="{centre - BAR / 2}" width="{width:.1f}" height="{BAR}"/>'
            )
            total += value
        parts.append(f'<text class="figure" x="{x(total) + 6:.1f}" y="{centre + 4}">{number(total)}</text>')
        return _group(parts, f"{name}: " + ", ".join(f"{part} {number(value)} ms" for part, value in shares.items()))

    return _chart(rows, top, words, drawn)


def dots(rows: Sequence[tuple[str, Sequence[float]]], *, words: str) -> str:
    """A dot for each of several alike."""
    top = max((value for _, values in rows for value in values), default=1.0)

    def drawn(row: tuple[str, Sequence[float]], y: float, x: Callable[[float], float]) -> str:
        name, values = row
        centre = y + ROW / 2
        parts = [f'<path class="range" d="M{LEFT} {centre}H{x(max(values, default=0)):.1f}"/>']
        parts += [f'<circle class="half" cx="{x(value):.1f}" cy="{centre}" r="4.5"/>' for value in values]
        most = max(values, default=0.0)
        parts.append(f'<text class="figure" x="{x(most) + 10:.1f}" y="{centre + 4}">{number(most)}</text>')
        return _group(parts, f"{name}: " + ", ".join(number(value) for value in values))

    return _chart(rows, top, words, drawn)


def number(value: float) -> str:
    """A figure with no more digits than one reads: 1,234; 56; 7.8; 0.09."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}".removesuffix(".0") if value >= 1 else f"{value:.2f}"


def ticks(top: float) -> list[float]:
    """Round numbers from 0 up to about `top`, three or four steps apart."""
    if top <= 0:
        return [0.0, 1.0]
    rough = top / 3
    power = 10 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.8)
    return [step * place for place in range(ceil(top / step - 1e-9) + 1)]


def _chart(rows: Sequence[tuple[str, object]], top: float, words: str, drawn: Callable) -> str:
    marks = ticks(top)
    height = ROW * len(rows)

    def x(value: float) -> float:
        return LEFT + value / marks[-1] * (WIDTH - LEFT - RIGHT)

    parts = []
    for value in marks:
        parts.append(f'<path class="grid" d="M{x(value):.1f} 0V{height}"/>')
        parts.append(f'<text class="tick" x="{x(value):.1f}" y="{height + 14}">{number(value) if value else 0}</text>')
    for place, row in enumerate(rows):
        parts.append(f'<text class="name" x="{LEFT - 8}" y="{place * ROW + ROW / 2 + 4}">{escape(row[0])}</text>')
        parts.append(drawn(row, place * ROW, x))
    return (
        f'<svg viewBox="0 0 {WIDTH} {height + FOOT}" width="{WIDTH}" height="{height + FOOT}" role="img"'
        f' aria-label="{escape(words)}">' + "".join(parts) + "</svg>"
    )


def _group(parts: Iterable[str], told: str) -> str:
    return f"<g><title>{escape(told)}</title>{''.join(parts)}</g>"
