"""A story as a drawing in SVG: a lane for each member, a row for each step, time going down.

Knows geometry and names of style classes; how they look is the style sheet's affair. The titles of
the rows stand beside the drawing, each as high as a row here.
An arrow leads from the row that sends a message to the row that receives it. One that is never
received ends before it reaches its lane: with a cross if it went out of flight, with a ring if it
was still under way in the end.
"""

from collections.abc import Iterator
from html import escape

from spec.bars import Bar, bars_of
from spec.diagram import receivers_of
from spec.flights import Flight
from spec.plain import plain
from spec.story import Scene, Story
from spec.telling import text_of

ROW = 56
LANE = 128
_FIRST = 46
_LAST = 50
_EVENT = 24
_STUB = 20
# Where a bar stands beside its lane, and how wide it is.
_BARS = {"term": (-27, 15), "promise": (8, 17), "lease": (27, 15)}
_ROLES = {"down", "follower", "precandidate", "candidate", "leader", "renewing"}
_TINTS = 6
_DOT = 5
_PILL = 38


def width_of(story: Story) -> int:
    """How wide the drawing is, in pixels."""
    return _FIRST + LANE * (len(story.members) - 1) + _LAST


def svg_of(story: Story) -> str:
    """The drawing."""
    width, height = width_of(story), ROW * len(story.scenes)
    head = (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        'aria-label="Members as lanes, messages as arrows, time going down; '
        'the steps tell the same in words.">'
    )
    return "\n".join((head, *_parts(story, width), "</svg>"))


def names_of(story: Story) -> str:
    """The members' names, each above its lane."""
    texts = (
        f'<text class="member" x="{_lane(member, story)}" y="21">{escape(member)}</text>'
        for member in story.members
    )
    width = width_of(story)
    head = f'<svg viewBox="0 0 {width} 32" width="{width}" height="32" aria-hidden="true">'
    return "\n".join((head, *texts, "</svg>"))


def _parts(story: Story, width: int) -> Iterator[str]:
    for scene in story.scenes:
        top = ROW * (scene.number - 1)
        yield (
            f'<rect class="band" data-step="{scene.number}" '
            f'x="0" y="{top}" width="{width}" height="{ROW}"/>'
        )
    yield _mask(width, ROW * len(story.scenes))
    yield '<g class="drawing" mask="url(#told-so-far)">'
    for bar in bars_of(story):
        yield from _bar(bar, story)
    for scene in story.scenes:
        if scene.actor not in story.members and scene.number > 1:
            y = _event(scene.number)
            yield f'<line class="everybody" x1="8" x2="{width - 8}" y1="{y}" y2="{y}"/>'
    for flight in story.flights:
        yield from _flight(flight, story)
    for scene in story.scenes[1:]:
        yield from _marks(scene, story)
    yield from _return(story)
    yield "</g>"


def _mask(width: int, height: int) -> str:
    """What has not been told yet is pale; without a script everything has been told."""
    return (
        f'<mask id="told-so-far" maskUnits="userSpaceOnUse" x="0" y="0" width="{width}" '
        f'height="{height}"><rect class="veil" width="{width}" height="{height}"/>'
        f'<rect id="so-far" width="{width}" height="{height}" fill="#fff"/></mask>'
    )


def _bar(bar: Bar, story: Story) -> Iterator[str]:
    x = _lane(bar.member, story)
    top = 0 if bar.first == 1 else _event(bar.first)
    after = bar.last + 1
    bottom = ROW * bar.last if after > len(story.scenes) else _event(after)
    if bar.kind == "role":
        role = bar.text if bar.text in _ROLES else "follower"
        yield f'<line class="lane {role}" x1="{x}" x2="{x}" y1="{top}" y2="{bottom}"/>'
        return
    offset, width = _BARS[bar.kind]
    tint = f" tint-{(bar.amount - 1) % _TINTS + 1}" if bar.kind == "term" and bar.amount else ""
    middle = x + offset + width / 2
    yield (
        f'<g class="bar {bar.kind}{tint}" data-first="{bar.first}" data-last="{bar.last}">'
        f"<title>{escape(_hint(bar))}</title>"
        f'<rect x="{x + offset}" y="{top + 1}" width="{width}" height="{bottom - top - 2}" rx="3"/>'
    )
    lines = [text for text in (bar.text[:3], str(bar.amount)) if text]
    for number, text in enumerate(lines):
        yield f'<text x="{middle}" y="{top + 22 + 11 * number}">{escape(text)}</text>'
    yield "</g>"


def _hint(bar: Bar) -> str:
    if bar.kind == "term":
        return f"{bar.member}: term {bar.amount}"
    ticks = f"{bar.amount} tick{'' if bar.amount == 1 else 's'}"
    receiver = f" to {bar.text}" if bar.text else ""
    return f"{bar.member}: {bar.kind}{receiver} for {ticks}"


def _flight(flight: Flight, story: Story) -> Iterator[str]:
    """The message's arrows to each receiver, and to each reception if there are several."""
    sender = flight.message.sender
    named: set[int] = set()
    for receiver in receivers_of(flight.message, story):
        assert sender is not None
        start, end = _lane(sender, story), _lane(receiver, story)
        right = 1 if end > start else -1
        steps = [reception.step for reception in flight.receptions if reception.by == receiver]
        for step in steps:
            short = _PILL if receiver in _new_roles(story.scenes[step - 1]) else _DOT
            yield _arrow(flight, (start, end - short * right), step)
        if not steps:
            yield _stub(flight, (start, end - 38 * right))
        if right not in named:
            named.add(right)
            yield _label(flight, start + (46 if right > 0 else -31), right)


def _arrow(flight: Flight, across: tuple[int, int], received: int) -> str:
    start, end = across
    top, bottom = _event(flight.since), _event(received)
    return (
        f'<g class="arrow" data-sent="{flight.since}" data-received="{received}">{_title(flight)}'
        f'<line x1="{start}" y1="{top}" x2="{end}" y2="{bottom}"/>'
        f"{_head(start, top, end, bottom)}</g>"
    )


def _head(start: int, top: int, end: int, bottom: int) -> str:
    """The arrow's head, as part of the arrow so that it takes its colour."""
    across, down = end - start, bottom - top
    length = (across**2 + down**2) ** 0.5
    x, y = across / length, down / length
    corners = (
        (end, bottom),
        *((end - 9 * x - s * 4 * y, bottom - 9 * y + s * 4 * x) for s in (1, -1)),
    )
    points = " ".join(f"{round(a, 1)},{round(b, 1)}" for a, b in corners)
    return f'<polygon points="{points}"/>'


def _stub(flight: Flight, across: tuple[int, int]) -> str:
    """An arrow that ends on the way."""
    start, end = across
    top, bottom = _event(flight.since), _event(flight.since) + _STUB
    kind = "lost" if flight.gone else "under-way"
    gone = f' data-gone="{flight.gone}"' if flight.gone else ""
    if flight.gone:
        mark = f'<path d="M{end - 4},{bottom - 4} l8,8 m0,-8 l-8,8"/>'
    else:
        mark = f'<circle cx="{end}" cy="{bottom}" r="4"/>'
    return (
        f'<g class="arrow {kind}" data-sent="{flight.since}"{gone}>{_title(flight)}'
        f'<line x1="{start}" y1="{top}" x2="{end}" y2="{bottom}"/>{mark}</g>'
    )


def _title(flight: Flight) -> str:
    message = flight.message
    if flight.receptions:
        fate = f"received in step {', '.join(str(r.step) for r in flight.receptions)}"
    elif flight.gone:
        fate = "never received"
    else:
        fate = "still under way in the end"
    way = f"{message.sender} → {message.receiver or 'everybody'}"
    return f"<title>{escape(f'{text_of(message)}, {way}: {fate}')}</title>"


def _label(flight: Flight, x: int, right: int) -> str:
    side = "right" if right > 0 else "left"
    y = _event(flight.since) - 7
    kind = escape(flight.message.kind)
    return f'<text class="kind {side}" data-sent="{flight.since}" x="{x}" y="{y}">{kind}</text>'


def _marks(scene: Scene, story: Story) -> Iterator[str]:
    """A dot where a member acts or is changed; where its role changed, the new role."""
    y = _event(scene.number)
    roles = _new_roles(scene)
    touched = {change.member for change in scene.changes} | {scene.actor}
    for member in story.members:
        x = _lane(member, story)
        if member in roles:
            role = escape(roles[member])
            yield (
                f'<g class="mark" data-step="{scene.number}">'
                f'<rect class="pill" x="{x - _PILL}" y="{y - 9}" width="{2 * _PILL}" height="18" rx="9"/>'
                f'<text x="{x}" y="{y + 4}">{role}</text></g>'
            )
        elif member in touched:
            yield f'<circle class="mark" data-step="{scene.number}" cx="{x}" cy="{y}" r="4.5"/>'


def _return(story: Story) -> Iterator[str]:
    """Where a behaviour without an end goes on: back up, to the state it has been in before."""
    if story.again_as is None:
        return
    top, bottom = _event(story.again_as) + 14, ROW * len(story.scenes) - 3
    yield (
        f'<g class="return"><title>and so on for ever</title><path d="M13,{bottom} H4 V{top} H11"/>'
        f'<polygon points="15,{top} 7,{top - 4} 7,{top + 4}"/></g>'
    )


def _new_roles(scene: Scene) -> dict[str, str]:
    return {
        change.member: plain(change.after)
        for change in scene.changes
        if change.member and change.name == "role"
    }


def _lane(member: str, story: Story) -> int:
    return _FIRST + LANE * story.members.index(member)


def _event(step: int) -> int:
    """How far down a step happens."""
    return ROW * (step - 1) + _EVENT
