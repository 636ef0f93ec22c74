"""A story in words, for the terminal and the page.

Knows what happened and how to say it; not how it looks.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from textwrap import indent

from spec.changes import Change, of_members
from spec.flights import Sent
from spec.plain import counted, listed, plain
from spec.story import Scene, Story
from spec.values import Function, Value


def lines_of(story: Story) -> Iterator[str]:
    """The story as text, line by line."""
    yield headline_of(story)
    if story.shows:
        yield story.shows
    for scene in story.scenes:
        yield ""
        yield f"{scene.number}. {title_of(scene)}{_loop_mark(scene, story)}"
        yield from (f"     {text}" for text in details_of(scene, story))
    yield ""
    if story.definition:
        yield from (indent(story.definition, "     "), "")
    yield ending_of(story)


def headline_of(story: Story) -> str:
    """The model and what becomes of the claim."""
    return f"{story.model}: how {story.claim} is violated"


def title_of(scene: Scene) -> str:
    """The action and who took it."""
    return f"{scene.action}, by {scene.actor}" if scene.actor else scene.action


def details_of(scene: Scene, story: Story) -> Iterator[str]:
    """What the step did, a sentence each; of the first one, how things are."""
    if scene.number == 1:
        for name, value in story.states[0].items():
            yield _condition(name, value, story.members)
    if scene.received:
        yield f"{scene.actor} receives {_message(replace(scene.received, receiver=None))}"
    for (member, name), parts in groupby(scene.changes, key=lambda c: (c.member, c.name)):
        yield _changed(f"{member}'s {name}" if member else name, list(parts))
    yield from _dispatches(scene.sent)
    if scene.older:
        yield f"{counted(scene.older, 'message')} {_grows(scene.older)} older"
    for message in scene.lost:
        yield f"never received: {_message(message)}"


def ending_of(story: Story) -> str:
    """How the claim is violated in the end."""
    last = len(story.scenes)
    match story.again_as:
        case None:
            return f"Now {story.claim} is violated."
        case step if step == last:
            return f"Nothing happens any more, so {story.claim} is violated."
        case step:
            loop = f"all is as after step {step}, and so on for ever"
            return f"After step {last} {loop}: {story.claim} is violated."


def text_of(message: Sent) -> str:
    """The message and what it carries."""
    return message.kind + (f" ({message.content})" if message.content else "")


def is_looping(scene: Scene, story: Story) -> bool:
    """Whether the step is one of those that are taken again and again."""
    return story.again_as is not None and story.again_as < scene.number


def _loop_mark(scene: Scene, story: Story) -> str:
    return "  ↺ for ever" if is_looping(scene, story) else ""


def _message(message: Sent) -> str:
    sender = f" from {message.sender}" if message.sender else ""
    receiver = f" to {message.receiver}" if message.receiver else ""
    return f"{message.kind}{sender}{receiver}" + (
        f" ({message.content})" if message.content else ""
    )


def _dispatches(sent: Iterable[Sent]) -> Iterator[str]:
    """What was sent; the same to several is told once."""
    together: dict[tuple[str | None, str], list[str]] = {}
    for message in sent:
        receivers = together.setdefault((message.sender, text_of(message)), [])
        receivers.append(message.receiver or "everybody")
    for (sender, text), receivers in together.items():
        yield f"{sender or 'somebody'} sends {text} to {listed(receivers)}"


def _changed(subject: str, parts: list[Change]) -> str:
    if len(parts) == 1:
        return f"{subject}{parts[0].inner} {_turn(parts[0].before, parts[0].after)}"
    turns = (f"{part.inner.lstrip('.')} {_turn(part.before, part.after)}" for part in parts)
    return f"{subject}: {', '.join(turns)}"


def _turn(before: Value, after: Value) -> str:
    """What became of a value."""
    match before, after:
        case bool(), _:
            pass
        case int(), int():
            return f"{'rises' if after > before else 'falls'} from {before} to {after}"
        case frozenset(), frozenset():
            more, less = after - before, before - after
            gains = [f"gains {plain(more)[1:-1]}"] if more else []
            loses = [f"loses {plain(less)[1:-1]}"] if less else []
            return listed([*gains, *loses])
    return f"turns from {plain(before)} to {plain(after)}"


def _condition(name: str, value: Value, members: tuple[str, ...]) -> str:
    """How a variable is; what is alike for everybody is told once."""
    own = of_members(value, members)
    if own is None:
        return f"{name} is {plain(value)}"
    alike = set(own.values())
    if len(alike) > 1:
        return f"{name} is {', '.join(f'{plain(part)} for {m}' for m, part in own.items())}"
    [common] = alike
    inner = of_members(common, members)
    if inner and len(set(inner.values())) == 1:
        return f"everybody's {name} is {plain(inner[members[0]])} for everybody"
    return f"everybody's {name} is {_bare(common)}"


def _bare(value: Value) -> str:
    return plain(value)[1:-1] if isinstance(value, Function) else plain(value)


def _grows(count: int) -> str:
    return "grows" if count == 1 else "grow"
