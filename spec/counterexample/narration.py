"""A story in words."""

from collections.abc import Iterator
from itertools import groupby
from textwrap import indent

from spec.counterexample.formatting import plain
from spec.counterexample.message_matching import Message
from spec.counterexample.state_diff import Change
from spec.counterexample.story import Scene, Story


def lines_of(story: Story) -> Iterator[str]:
    """The story as text, line by line."""
    yield headline_of(story)
    if story.shows:
        yield story.shows
    for scene in story.scenes:
        yield ""
        yield title_of(scene) + ("  ↺ for ever" if scene.repeats else "")
        yield from (f"     {text}" for text in details_of(scene))
    yield ""
    if story.definition:
        yield from (indent(story.definition, "     "), "")
    yield ending_of(story)


def headline_of(story: Story) -> str:
    """The model and what becomes of the claim."""
    return f"{story.model}: how {story.claim} is violated"


def title_of(scene: Scene) -> str:
    """The number, the action and the member that took it."""
    by = f", by {scene.mail.actor}" if scene.mail.actor else ""
    return f"{scene.number}. {scene.action}{by}"


def details_of(scene: Scene) -> Iterator[str]:
    """What the step did, a line each, in the order of cause and effect; of the first, the state."""
    mail = scene.mail
    if scene.number == 1:
        yield from (f"{name}: {plain(value)}" for name, value in scene.state.items())
    if mail.received:
        sent = f"sent in step {mail.received.sent_in}"
        yield f"{scene.mail.actor} receives {_addressed(mail.received)}, {sent}"
    yield from map(change_text, scene.changes)
    for (sender, text), group in groupby(mail.sent, key=lambda m: (m.sender, message_text(m))):
        yield f"{sender} sends {text} to {', '.join(message.receiver for message in group)}"
    for message in mail.lost:
        yield f"{message.receiver} never receives {_addressed(message)}"


def ending_of(story: Story) -> str:
    """How the claim is violated in the end."""
    last = len(story.scenes)
    match story.trace.back_to:
        case None:
            return f"Now {story.claim} is violated."
        case step if step == last:
            return f"Nothing happens any more, so {story.claim} is violated."
        case step:
            loop = f"the state is that of step {step} again, and so on for ever"
            return f"After step {last} {loop}: {story.claim} is violated."


def change_text(change: Change) -> str:
    """The entry with its value before and after: `m1's backing[m2]: 0 → 1`."""
    owner = "".join(f"{member}'s " for member in change.path[:1])
    inner = "".join(f"[{member}]" for member in change.path[1:])
    return f"{owner}{change.name}{inner}: {plain(change.before)} → {plain(change.after)}"


def message_text(message: Message) -> str:
    """The message and what it carries."""
    return message.kind + (f" ({message.content})" if message.content else "")


def _addressed(message: Message) -> str:
    return f"{message_text(message)} from {message.sender}"
