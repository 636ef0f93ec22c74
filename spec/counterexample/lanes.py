"""The picture of one step in HTML: a lane for each member, messages as arrows between the lanes.

From top to bottom: the message received, each member's state after the step, the messages sent. Every
arrow has a row of its own with its label above it, so no label can cover an arrow.
"""

from collections.abc import Iterator
from html import escape

from spec.counterexample.formatting import plain
from spec.counterexample.message_matching import Message
from spec.counterexample.story import Scene, Story
from spec.values import Atom, Function, Value

_SHOWN = ("role", "term", "promise", "backing", "held")


def lanes_of(scene: Scene, story: Story) -> str:
    """The picture; the words beside it say the same, so screen readers do not get it."""
    received = scene.mail.received
    rows = [
        "".join(f'<i class="{_line_style(scene, member)}"></i>' for member in story.members),
        _arrow(received, "received", f"sent in step {received.sent_in}", story) if received else "",
        "".join(_cell(scene, member) for member in story.members),
        *(_arrow(message, *_fate_of(message, story), story) for message in scene.mail.sent),
    ]
    marked = "".join(f'<div class="row">{row}</div>' for row in rows if row)
    return f'<div class="lanes" aria-hidden="true">{marked}</div>'


def _fate_of(message: Message, story: Story) -> tuple[str, str]:
    """What became of a message that was sent: a style class and the words for it."""
    steps = [str(step) for step in story.receptions_of(message)]
    return ("sent", f"received in step {', '.join(steps)}") if steps else ("lost", "never received")


def _arrow(message: Message, style: str, fate: str, story: Story) -> str:
    """The arrow from lane to lane; none for a message whose sender cannot be told."""
    if message.sender not in story.members:
        return ""
    start, end = (story.members.index(m) + 1 for m in (message.sender, message.receiver))
    direction = "right" if start < end else "left"
    first, last = sorted((start, end))
    return (
        f'<p class="arrow {style} {direction}" '
        f'style="grid-column: {first} / {last + 1}; --lanes: {last - first + 1}">'
        f"<span>{escape(message.kind)}<br/><small>{fate}</small></span></p>"
    )


def _cell(scene: Scene, member: str) -> str:
    changed = {change.name for change in scene.changes if change.member == member}
    facts = (
        f'<span class="{name}{" changed" if name in changed else ""}">{escape(text)}</span>'
        for name, text in _facts(scene, member)
    )
    return f'<div class="member"><b>{escape(member)}</b> {" ".join(facts)}</div>'


def _facts(scene: Scene, member: str) -> Iterator[tuple[str, str]]:
    """What the member is and has, variable by variable; what is zero is left out, but for the term."""
    for name in _SHOWN:
        match name, _own(scene, name, member):
            case "role", value if value is not None:
                yield name, plain(value)
            case "promise", Function() as promise if promise["left"]:
                yield name, f"promise to {plain(promise['to'])}: {plain(promise['left'])}"
            case "backing", Function() as backing if any(backing.values()):
                ticks = (f"{plain(m)} {plain(left)}" for m, left in backing.items() if left)
                yield name, f"backing {', '.join(ticks)}"
            case _, int(number) if number or name == "term":
                yield name, f"{name} {number}"


def _own(scene: Scene, name: str, member: str) -> Value | None:
    function = scene.state.get(name)
    return function.get(Atom(member)) if isinstance(function, Function) else None


def _line_style(scene: Scene, member: str) -> str:
    return escape(dict(_facts(scene, member)).get("role", ""))
