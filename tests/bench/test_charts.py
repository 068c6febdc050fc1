"""charts: well-formed pictures that stay within their frame."""

from xml.etree import ElementTree

import pytest

from microblog.bench import charts

NAMESPACE = "{http://www.w3.org/2000/svg}"


def drawn(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def figure(middle: float) -> dict[str, float]:
    return {"least": middle * 0.8, "middle": middle, "most": middle * 1.2}


def test_bars_have_the_length_of_their_figures():
    picture = drawn(charts.bars([("1x1", figure(100)), ("2x1", figure(200))], words="Requests a second", marks={"2x1": 300}))
    first, second = (float(bar.get("width")) for bar in picture.iter(f"{NAMESPACE}rect"))
    assert second / first == pytest.approx(2, rel=0.01)
    assert picture.get("aria-label") == "Requests a second"
    titles = [title.text for title in picture.iter(f"{NAMESPACE}title")]
    assert titles == ["1x1: 100, from 80 to 120", "2x1: 200, from 160 to 240; the limit 300"]


def test_parts_of_a_sum_stand_one_after_the_other():
    picture = drawn(charts.stacks([("1x1", {"worker": 2.0, "postgres": 1.0})], words="ms"))
    worker, postgres = picture.iter(f"{NAMESPACE}rect")
    assert float(postgres.get("x")) == pytest.approx(float(worker.get("x")) + float(worker.get("width")) + 1, abs=0.2)
    assert [each.get("class") for each in (worker, postgres)] == ["worker", "postgres"]


def test_a_range_goes_from_the_less_to_the_more():
    picture = drawn(charts.ranges([("1x1", (5.0, 50.0))], words="ms"))
    half, most = picture.iter(f"{NAMESPACE}circle")
    assert float(half.get("cx")) < float(most.get("cx"))
    assert "5 – 50" in [text.text for text in picture.iter(f"{NAMESPACE}text")]


def test_there_is_a_dot_for_each():
    assert len(list(drawn(charts.dots([("4x2", [61.0, 60.5, 62.0, 61.5])], words="MB")).iter(f"{NAMESPACE}circle"))) == 4
    assert drawn(charts.dots([("4x2", [])], words="MB")) is not None


@pytest.mark.parametrize("size", [0.003, 1, 47, 1234, 98765])
def test_nothing_leaves_the_frame(size):
    rows = [("1x1", figure(size)), ("2x4", figure(size * 2))]
    picture = drawn(charts.bars(rows, words="x", marks={"1x1": size * 2.4}))
    width, height = (float(picture.get(name)) for name in ("width", "height"))
    for each in picture.iter():
        if each.get("x"):
            assert 0 <= float(each.get("x")) + float(each.get("width") or 0) <= width
            assert 0 <= float(each.get("y")) <= height


def test_names_are_escaped():
    assert "<b>" not in charts.dots([("<b>", [1.0])], words='"<b>')


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1234.4, "1,234"), (100, "100"), (99.94, "99.9"), (50, "50"), (7.25, "7.2"), (0.094, "0.09"), (0, "0.00")],
)
def test_figures_have_the_digits_one_reads(value, shown):
    assert charts.number(value) == shown


@pytest.mark.parametrize("top", [0.02, 0.9, 3, 7, 99, 1_001, 54_321])
def test_an_axis_has_a_few_round_numbers_that_reach_the_top(top):
    marks = charts.ticks(top)
    assert marks[0] == 0
    assert top <= marks[-1] <= top * 2
    assert 3 <= len(marks) <= 6


def test_an_axis_of_nothing_is_an_axis():
    assert charts.ticks(0) == [0.0, 1.0]
