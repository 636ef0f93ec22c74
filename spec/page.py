"""A story as one HTML file to step through: a lane for each member, the state beside it.

Knows the story and a little SVG; needs nothing from the network. All steps are in the file, so it
reads without a script too; the script only marks one of them and follows the arrow keys.
"""

from collections.abc import Iterator
from html import escape
from pathlib import Path

from spec.diagram import arrows_of
from spec.story import Scene, Story, details_of, text_of, title_of
from spec.trace import State
from spec.values import Value, render

_TEMPLATE = Path(__file__).with_name("page.html")
_LANE = 190
_MARGIN = 110
_ROW = 34


def page_of(story: Story) -> str:
    """The whole file."""
    title = f"{story.model}: how {story.claim} is violated"
    parts = {
        "TITLE": escape(title),
        "LANES": "\n".join(_svg(story)),
        "STEPS": "\n".join(_step(scene, story) for scene in story.scenes),
        "ENDING": escape(story.ending),
    }
    page = _TEMPLATE.read_text()
    for name, text in parts.items():
        page = page.replace(f"<!-- {name} -->", text)
    return page


def _svg(story: Story) -> Iterator[str]:
    heights = [_ROW * (1 + _arrow_count(scene, story)) + 10 for scene in story.scenes]
    width, height = _MARGIN * 2 + _LANE * max(0, len(story.members) - 1), sum(heights) + 50
    yield f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img" aria-label="Lanes">'
    yield _ARROW_HEAD
    for member in story.members:
        at = _lane(member, story)
        yield f'<text class="member" x="{at}" y="24">{escape(member)}</text>'
        yield f'<line class="lane" x1="{at}" x2="{at}" y1="36" y2="{height}"/>'
    top = 46
    for scene, room in zip(story.scenes, heights, strict=True):
        yield f'<g class="step" data-step="{scene.number}">'
        yield f'<rect class="band" x="0" y="{top - 4}" width="{width}" height="{room - 4}"/>'
        yield from _marks(scene, story, top, width)
        yield "</g>"
        top += room
    yield "</svg>"


_ARROW_HEAD = (
    '<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" '
    'markerHeight="8" orient="auto"><path d="M0,0 L8,4 L0,8 z"/></marker></defs>'
)


def _marks(scene: Scene, story: Story, top: int, width: int) -> Iterator[str]:
    """The step's box on its member's lane, or across all lanes, and its messages below."""
    own = scene.actor in story.members
    middle = _lane(scene.actor, story) if own and scene.actor else width // 2
    label = escape(f"{scene.number}. {scene.action}")
    yield f'<text class="action" x="{middle}" y="{top + 16}">{label}</text>'
    line = top + _ROW
    for sent in scene.sent:
        for sender, receiver in arrows_of(sent, scene, story):
            start, end = _lane(sender, story), _lane(receiver, story)
            hint = f"<title>{escape(text_of(sent))}</title>"
            kind = escape(sent.kind)
            yield (
                f'<g>{hint}<line class="arrow" x1="{start}" x2="{end}" '
                f'y1="{line + 8}" y2="{line + 8}"/>'
                f'<text class="kind" x="{(start + end) // 2}" y="{line + 3}">{kind}</text></g>'
            )
            line += _ROW


def _arrow_count(scene: Scene, story: Story) -> int:
    return sum(len(list(arrows_of(sent, scene, story))) for sent in scene.sent)


def _lane(member: str, story: Story) -> int:
    return _MARGIN + _LANE * story.members.index(member)


def _step(scene: Scene, story: Story) -> str:
    before = story.states[max(0, scene.number - 2)]
    now = story.states[scene.number - 1]
    details = "".join(f"<li>{escape(text)}</li>" for text in details_of(scene))
    return (
        f'<section class="step" data-step="{scene.number}">'
        f"<h2>{scene.number}. {escape(title_of(scene))}</h2><ul>{details}</ul>"
        f"<table>{''.join(_rows(before, now))}</table></section>"
    )


def _rows(before: State, now: State) -> Iterator[str]:
    for name, value in now.items():
        changed = ' class="changed"' if before.get(name) != value else ""
        yield f"<tr{changed}><th>{escape(name)}</th><td>{_cell(value)}</td></tr>"


def _cell(value: Value) -> str:
    """The value; the elements of a set, which may be many messages, on lines of their own."""
    if isinstance(value, frozenset) and value:
        return "<br>".join(escape(text) for text in sorted(map(render, value)))
    return escape(render(value))
