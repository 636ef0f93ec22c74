"""A story as one HTML file to step through: the lanes, and beside them the step in words.

Knows which part of a story goes where; needs nothing from the network. All steps are in the file,
so it reads and prints without a script too; the script only shows one of them at a time.
"""

from collections.abc import Iterator
from html import escape
from pathlib import Path

from spec.changes import of_members
from spec.drawing import ROW, names_of, svg_of
from spec.plain import plain
from spec.story import Scene, Story
from spec.telling import details_of, ending_of, headline_of, is_looping, title_of
from spec.values import Value

_TEMPLATE = Path(__file__).with_name("template")


def page_of(story: Story) -> str:
    """The whole file."""
    # What the model says comes last: nothing in it can then be taken for a part's name.
    parts = {
        "STYLE": (_TEMPLATE / "page.css").read_text(),
        "SCRIPT": (_TEMPLATE / "page.js").read_text(),
        "ROW": str(ROW),
        "LAST": str(len(story.scenes)),
        "AGAIN": str(story.again_as or ""),
        "TITLE": escape(headline_of(story)),
        "MODEL": escape(story.model),
        "CLAIM": escape(story.claim),
        "SHOWS": escape(story.shows),
        "NAMES": names_of(story),
        "DRAWING": svg_of(story),
        "ROWS": "\n".join(_row(scene, story) for scene in story.scenes),
        "STEPS": "\n".join(_step(scene, story) for scene in story.scenes),
        "ENDING": _ending(story),
    }
    page = (_TEMPLATE / "page.html").read_text()
    for name, text in parts.items():
        page = page.replace(f"<!-- {name} -->", text)
    return page


def _row(scene: Scene, story: Story) -> str:
    """The title of a row of the drawing, which leads to the step."""
    begins = story.again_as is not None and scene.number == story.again_as + 1
    again = ' <span class="again">↺ the loop begins</span>' if begins else ""
    by = f'<span class="by">{escape(scene.actor or "")}{again}</span>'
    return (
        f'<li data-step="{scene.number}"{_loop_class(scene, story)}>'
        f'<a href="#told-{scene.number}"><b>{scene.number}</b>'
        f'<span class="action">{escape(scene.action)}{by}</span></a></li>'
    )


def _loop_class(scene: Scene, story: Story) -> str:
    return ' class="loop"' if is_looping(scene, story) else ""


def _step(scene: Scene, story: Story) -> str:
    details = "".join(f"<li>{escape(text)}</li>" for text in details_of(scene, story))
    last = _ending(story) if scene.number == len(story.scenes) else ""
    return (
        f'<section class="told" id="told-{scene.number}" data-step="{scene.number}">'
        f"<h2><b>{scene.number}</b> {escape(title_of(scene))}</h2>"
        f"<ul>{details}</ul>{last}{_table(scene, story)}</section>"
    )


def _ending(story: Story) -> str:
    definition = f"<pre>{escape(story.definition)}</pre>" if story.definition else ""
    return f'<div class="ending"><p>{escape(ending_of(story))}</p>{definition}</div>'


def _table(scene: Scene, story: Story) -> str:
    """The whole state after the step: members side by side, what is nobody's below."""
    heads = "".join(f'<th scope="col">{escape(member)}</th>' for member in story.members)
    return (
        '<div class="state" tabindex="0" role="region" aria-label="The whole state"><table>'
        f'<thead><tr><th scope="col">after step&nbsp;{scene.number}</th>{heads}</tr></thead>'
        f"<tbody>{''.join(_rows(scene, story))}</tbody></table></div>"
    )


def _rows(scene: Scene, story: Story) -> Iterator[str]:
    now = story.states[scene.number - 1]
    before = story.states[max(0, scene.number - 2)]
    common = []
    for name, value in now.items():
        own = of_members(value, story.members)
        former = of_members(before.get(name), story.members) or {}
        if own is None:
            common.append(_row_of_all(name, value, before.get(name) != value, story))
            continue
        cells = (_cell(own[m], own[m] != former.get(m), story) for m in story.members)
        yield f'<tr><th scope="row">{escape(name)}</th>{"".join(cells)}</tr>'
    yield from common


def _row_of_all(name: str, value: Value, is_changed: bool, story: Story) -> str:
    span = f' colspan="{len(story.members)}"'
    return f'<tr><th scope="row">{escape(name)}</th>{_cell(value, is_changed, story, span)}</tr>'


def _cell(value: Value, is_changed: bool, story: Story, span: str = "") -> str:
    """The value; what is alike for all members once, records in a set on lines of their own."""
    text = escape(plain(value))
    own = of_members(value, story.members)
    if own and len(set(own.values())) == 1:
        text = f"all {escape(plain(own[story.members[0]]))}"
    if isinstance(value, frozenset) and any("(" in plain(element) for element in value):
        text = "<br>".join(sorted(escape(plain(element)) for element in value))
    if is_changed:
        return f'<td class="changed"{span}>{text}</td>'
    return f"<td{span}>{text}</td>"
