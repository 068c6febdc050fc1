"""The report as a page to look at: one file, no scripts, light or dark as the reader's screen is."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from . import charts, counterparts, firstlook
from .charts import number
from .figures import PROGRAMS
from .loads import LOADS, PAGES, PRODUCT, YARDSTICKS

Report = Mapping[str, Any]

STYLE = """
:root {
  color-scheme: light dark;
  --ground: light-dark(oklch(97.6% 0.007 210), oklch(19.5% 0.026 230));
  --surface: light-dark(oklch(100% 0 0), oklch(23.5% 0.03 230));
  --line: light-dark(oklch(89.5% 0.014 212), oklch(33% 0.03 229));
  --ink: light-dark(oklch(26% 0.04 232), oklch(93.5% 0.01 212));
  --soft: light-dark(oklch(46.5% 0.035 228), oklch(74.5% 0.024 218));
  --tide: light-dark(oklch(52% 0.1 229), oklch(72% 0.1 218));
  --buoy: light-dark(oklch(62% 0.19 43), oklch(73% 0.165 50));
  --moss: light-dark(oklch(76% 0.09 150), oklch(58% 0.07 155));
  --danger: light-dark(oklch(50% 0.18 26), oklch(76% 0.125 24));
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: clamp(1.25rem, 4vw, 3.5rem) clamp(1rem, 4vw, 3rem);
  font: 1rem/1.55 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  color: var(--ink); background: var(--ground); font-variant-numeric: tabular-nums;
}
main { max-inline-size: 72rem; margin-inline: auto; }
h1 { font-size: clamp(1.9rem, 1.5rem + 1.8vw, 2.9rem); line-height: 1.1; letter-spacing: -0.025em; margin: 0 0 0.6rem;
  text-wrap: balance; }
h1::after { content: ""; display: inline-block; inline-size: 0.22em; block-size: 0.22em; margin-inline-start: 0.1em;
  border-radius: 50%; background: var(--buoy); }
h2 { font-size: 1.35rem; letter-spacing: -0.015em; margin: 3rem 0 0.25rem; }
h3 { font-size: 1rem; margin: 0; }
p { margin: 0.25rem 0; max-inline-size: 68ch; }
.soft, figcaption, th { color: var(--soft); }
.soft { font-size: 0.9375rem; }
.tiles, .charts { display: grid; gap: 1rem; margin: 1.5rem 0 0; }
.tiles { grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); }
.charts { grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); margin-block-start: 1rem; }
.tile, figure { background: var(--surface); border: 1px solid var(--line); border-radius: 0.875rem; margin: 0;
  padding: 1rem 1.1rem; }
.tile b { display: block; font-size: 1.75rem; line-height: 1.25; letter-spacing: -0.02em; }
.tile.wrong b { color: var(--danger); }
figcaption { font-size: 0.875rem; line-height: 1.4; margin-block: 0.1rem 0.6rem; }
svg { display: block; inline-size: 100%; max-inline-size: 25rem; block-size: auto; overflow: visible; }
@media (min-width: 64rem) {
  .charts { grid-template-columns: 1fr 1fr; }
  figure { display: grid; grid-template: auto 1fr / 8.5rem 1fr; column-gap: 1rem; }
  figure svg { grid-area: 1 / 2 / 3; }
  figcaption { align-self: start; }
}
svg text { font: 12px system-ui, sans-serif; fill: var(--soft); }
svg .name { text-anchor: end; fill: var(--ink); font-weight: 600; }
svg .tick { text-anchor: middle; font-size: 11px; }
svg .figure { fill: var(--ink); }
.grid { stroke: var(--line); }
.bar, .worker, .half { fill: var(--tide); background: var(--tide); }
.postgres, .most { fill: var(--buoy); background: var(--buoy); }
.nginx { fill: var(--moss); background: var(--moss); }
.whisker { stroke: var(--ink); stroke-width: 1.5; fill: none; }
.mark { stroke: var(--buoy); stroke-width: 3; stroke-linecap: round; }
.range { stroke: var(--soft); stroke-width: 2; opacity: 0.5; }
.key { display: inline-block; inline-size: 0.7em; block-size: 0.7em; border-radius: 2px; margin-inline: 0.6em 0.35em; }
.key:first-child { margin-inline-start: 0; }
.table { overflow-x: auto; margin-block-start: 1rem; background: var(--surface); border: 1px solid var(--line);
  border-radius: 0.875rem; }
table { border-collapse: collapse; inline-size: 100%; font-size: 0.9375rem; white-space: nowrap; }
th, td { padding: 0.4rem 0.8rem; text-align: end; border-block-end: 1px solid var(--line); }
tr:last-child td { border: 0; }
th { font-weight: 500; font-size: 0.8125rem; }
:is(th, td):first-child, .words { text-align: start; }
.words { white-space: normal; min-inline-size: 14rem; color: var(--soft); }
meter { inline-size: 6rem; block-size: 0.8rem; vertical-align: middle; }
"""
SHOWN = [load for load in LOADS if load.site == PRODUCT]
NAMES = {"home": "Home timeline", "read": "Reading", "mixed": "Reading and writing", "write": "Writing"}


def html(report: Report, heading: Sequence[str], noise: Sequence[str], exactness: Sequence[str]) -> str:
    """The whole page."""
    points = report["points"]
    parts = [
        f"<h1>Microblog under load</h1>{_paragraphs(heading, 'soft')}",
        _tiles(points, exactness),
        _section(
            "Requests a second",
            "Bars show the middle of the rounds, whiskers the slowest and the fastest. The mark beside the home timeline is the"
            " limit: one prepared query and a string join that build the same page.",
            [_throughput(points, load.name) for load in SHOWN],
        ),
        _section(
            "How long one waits",
            _keys({"half": "half wait so long or less", "most": "99 of 100 do"}) + " Milliseconds.",
            [_waits(points, load.name) for load in SHOWN],
        ),
        _section(
            "What a request costs",
            _keys({name: name for name in PROGRAMS}) + " Milliseconds of processor time.",
            [_costs(points, load.name) for load in SHOWN],
        ),
        _section(
            "Memory",
            "Megabytes of each worker after the load (PSS): what it has for itself and its part of what is shared.",
            [_memory(points)],
        ),
        *(_pages(point) for point in points if point["pages"]),
        _first_look(report.get("first_look") or {}),
        f"<h2>Whether it is exact</h2>{_paragraphs(exactness)}",
        f"<h2>How quiet the machine was</h2>{_paragraphs(noise)}",
        "<h2>What the loads are</h2>" + _paragraphs([f"{load.name}: {load.words}" for load in LOADS]),
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Microblog under load</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(parts)
        + "\n</main>\n</body>\n</html>\n"
    )


def _tiles(points: Sequence[Any], exactness: Sequence[str]) -> str:
    """What one wants to know first: at each load's best point."""
    tiles = []
    for name, words in (("home", "home timelines"), ("read", "pages of a reading crowd"), ("write", "posts, follows and votes")):
        rate, at = max((_summary(point, name)["rate"]["middle"], point["point"]) for point in points)
        tiles.append(_tile(number(rate), f"{words} a second at {at}"))
    share, at = max((_share(point), point["point"]) for point in points)
    tiles.append(_tile(f"{share:.2f}", f"of the limit, home timelines at {at}"))
    if exactness[0].startswith("Exact"):
        writes = sum(sum(point["acknowledged"].values()) for point in points)
        tiles.append(_tile(f"{writes:,}", "acknowledged writes, each there once"))
    else:
        tiles.append(_tile("Not exact", "as told below", " wrong"))
    return f'<div class="tiles">{"".join(tiles)}</div>'


def _tile(figure: str, words: str, kind: str = "") -> str:
    return f'<div class="tile{kind}"><b>{figure}</b>{escape(words)}</div>'


def _section(title: str, words: str, figures: Sequence[str]) -> str:
    return f'<h2>{title}</h2><p class="soft">{words}</p><div class="charts">{"".join(figures)}</div>'


def _figure(name: str, words: str, chart: str) -> str:
    return f"<figure><h3>{escape(NAMES.get(name, name))}</h3><figcaption>{escape(words)}</figcaption>{chart}</figure>"


def _throughput(points: Sequence[Any], name: str) -> str:
    rows = [(point["point"], _summary(point, name)["rate"]) for point in points]
    marks = {point["point"]: _summary(point, "limit")["rate"]["middle"] for point in points} if name == "home" else None
    return _figure(name, _words(name), charts.bars(rows, words=f"Requests a second, {NAMES[name]}", marks=marks))


def _waits(points: Sequence[Any], name: str) -> str:
    rows = [
        (point["point"], (_summary(point, name)["p50"]["middle"], _summary(point, name)["p99"]["middle"])) for point in points
    ]
    return _figure(name, _words(name), charts.ranges(rows, words=f"Milliseconds, {NAMES[name]}"))


def _costs(points: Sequence[Any], name: str) -> str:
    rows = [(point["point"], _summary(point, name)["cpu"]) for point in points]
    return _figure(name, _words(name), charts.stacks(rows, words=f"Processor time a request, {NAMES[name]}"))


def _memory(points: Sequence[Any]) -> str:
    rows = [(point["point"], point["memory"][PRODUCT]) for point in points]
    return _figure("Workers", "a dot for each process", charts.dots(rows, words="Megabytes of each worker"))


def _pages(point: Any) -> str:
    """Each page by itself beside its yardstick."""
    header = ("", "a second", "limit", "of limit", "", "p50 ms", "p99 ms", "worker ms", "Postgres ms", "bytes", "")
    rows = []
    for load in PAGES:
        if load.name not in point["pages"] or load.site == YARDSTICKS:
            continue
        found = point["pages"][load.name]["summary"]
        limit = point["pages"].get(f"{load.name} limit", {}).get("summary")
        share = found["rate"]["middle"] / limit["rate"]["middle"] if limit and limit["rate"]["middle"] else None
        cells = [
            escape(load.name.replace("_", " ")),
            number(found["rate"]["middle"]),
            number(limit["rate"]["middle"]) if limit else "",
            f"{share:.2f}" if share is not None else "",
            f'<meter min="0" max="1" low="0.45" optimum="1" value="{min(share, 1):.2f}"></meter>' if share is not None else "",
            *(number(found[name]["middle"]) for name in ("p50", "p99")),
            *(number(found["cpu"][name]) if name in found["cpu"] else "–" for name in ("worker", "postgres")),
            f"{found['bytes']:,.0f}",
        ]
        rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + f'<td class="words">{escape(load.words)}</td></tr>')
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in header)
    return (
        f"<h2>Each page by itself, at {escape(point['point'])}</h2>"
        f'<div class="table"><table><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
        + _counterparts(point)
    )


def _counterparts(point: Any) -> str:
    """Pages beside those that they should cost about as much as."""
    found = counterparts.of_pages(point["pages"])
    if not found:
        return ""
    head, *rows = ([f"<t{kind}>{escape(cell)}</t{kind}>" for cell in line] for kind, line in _kinds(counterparts.lines(found)))
    return (
        "<h3>Beside another page</h3><p>Processor time of a page, worker and Postgres, in milliseconds.</p>"
        f'<div class="table"><table><thead><tr>{"".join(head)}</tr></thead>'
        f"<tbody>{''.join('<tr>' + ''.join(row) + '</tr>' for row in rows)}</tbody></table></div>"
    )


def _first_look(found: Report) -> str:
    """What a browser saw of some pages; nothing if it was not asked."""
    if not found:
        return ""
    table = ""
    if "looks" in found:
        lines = firstlook.lines(found["looks"])
        head, *rows = ([f"<t{kind}>{escape(cell)}</t{kind}>" for cell in line] for kind, line in _kinds(lines))
        body = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
        table = f'<div class="table"><table><thead><tr>{"".join(head)}</tr></thead><tbody>{body}</tbody></table></div>'
    return f"<h2>A first look in a browser</h2>{table}{_paragraphs(firstlook.remarks(found))}"


def _kinds(lines: Sequence[Sequence[str]]) -> list[tuple[str, Sequence[str]]]:
    """A table's lines with the kind of their cells."""
    return [("d" if place else "h", line) for place, line in enumerate(lines)]


def _summary(point: Any, name: str) -> Any:
    return point["loads"][name]["summary"]


def _share(point: Any) -> float:
    limit = _summary(point, "limit")["rate"]["middle"]
    return _summary(point, "home")["rate"]["middle"] / limit if limit else 0.0


def _words(name: str) -> str:
    return next(load.words for load in LOADS if load.name == name)


def _keys(names: Mapping[str, str]) -> str:
    return "".join(f'<span class="key {name}"></span>{escape(words)}' for name, words in names.items()) + "."


def _paragraphs(lines: Sequence[str], kind: str = "") -> str:
    opening = f'<p class="{kind}">' if kind else "<p>"
    return "".join(f"{opening}{escape(line)}</p>" for line in lines)
