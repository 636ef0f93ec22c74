"""The drawing of a story: where its lanes, bars and arrows are."""

from spec.drawing import ROW, names_of, svg_of
from tests.spec.page_support import Outline, story


def numbers(element: dict[str, str | None], *names: str) -> list[float]:
    return [float(element[name] or "nan") for name in names]


def lanes() -> list[float]:
    names = Outline(names_of(story()))
    return [numbers(has, "x")[0] for has in names.of_class("member")]


def lines(found: Outline) -> list[dict[str, str | None]]:
    """The arrows' lines, in their order."""
    after = [
        at
        for at, (_, has) in enumerate(found.elements)
        if "data-sent" in has and has["class"] != "kind"
    ]
    follows = [found.elements[at + 1 : at + 3] for at in after]
    return [has for elements in follows for tag, has in elements if tag == "line"]


def test_a_received_message_slants_from_lane_to_lane() -> None:
    """From the row that sent it to the row that received it."""
    found = Outline(svg_of(story()))
    [vote] = [has for has in found.of_class("arrow") if has.get("data-received") == "3"]
    assert vote["data-sent"] == "2"
    x1, x2, y1, y2 = numbers(lines(found)[0], "x1", "x2", "y1", "y2")
    assert x1 == lanes()[0]
    assert lanes()[1] - 10 < x2 < lanes()[1]
    assert y2 - y1 == ROW


def test_a_message_that_is_not_received_ends_on_the_way() -> None:
    """With a cross if it is gone, with a ring if it is still under way."""
    found = Outline(svg_of(story()))
    [lost], [flying] = found.of_class("lost"), found.of_class("under-way")
    assert (lost["data-sent"], lost["data-gone"]) == ("2", "4")
    assert (flying["data-sent"], "data-gone" in flying) == ("4", False)
    *_, x2 = numbers(lines(found)[1], "x2")
    assert lanes()[1] < x2 < lanes()[2] - 20


def test_bars_stand_beside_the_lane_from_step_to_step() -> None:
    """Terms to its left, promises and leases to its right."""
    found = Outline(svg_of(story()))
    spans = [(has["class"], has["data-first"], has["data-last"]) for has in found.of_class("bar")]
    assert spans == [
        ("bar term", "1", "1"),
        ("bar term tint-1", "2", "4"),
        ("bar lease", "4", "4"),
        ("bar term", "1", "4"),
        ("bar promise", "3", "4"),
        ("bar term", "1", "4"),
    ]


def test_a_new_role_is_written_where_it_is_taken_up() -> None:
    """On a pill; a step that changes no role has a dot."""
    found = Outline(svg_of(story()))
    marks = [(tag, has["data-step"]) for tag, has in found.elements if has.get("class") == "mark"]
    assert marks == [("g", "2"), ("circle", "3"), ("g", "4")]
    assert [has["class"] for has in found.of_class("leader")] == ["lane leader"]


def test_the_way_back_of_a_loop_is_drawn() -> None:
    """And only where there is one."""
    assert len(Outline(svg_of(story(back_to=2, back_by="Back"))).of_class("return")) == 1
    assert len(Outline(svg_of(story(back_to=4))).of_class("return")) == 1
    assert not Outline(svg_of(story())).of_class("return")
