"""A story as a Mermaid sequence diagram: members side by side, messages as arrows.

Knows Mermaid's syntax. A message is drawn where it is sent, with a cross if it is never received.
"""

from collections.abc import Iterator

from spec.flights import Flight, Sent
from spec.story import Scene, Story
from spec.telling import details_of, ending_of, is_looping, text_of, title_of

_SPECIAL = {"#": "#35;", ";": "#59;", "<": "#lt;", ">": "#gt;", "\n": " "}


def mermaid_lines(story: Story) -> Iterator[str]:
    """The text of the diagram, line by line."""
    yield "sequenceDiagram"
    for member in story.members:
        yield f"    participant {member}"
    looping = [scene for scene in story.scenes[1:] if is_looping(scene, story)]
    for scene in story.scenes[1:]:
        if looping and scene is looping[0]:
            yield "    loop for ever"
        yield from _scene_lines(scene, story)
    if looping:
        yield "    end"
    yield f"    Note over {_everybody(story)}: {_escaped(ending_of(story))}"


def receivers_of(message: Sent, story: Story) -> tuple[str, ...]:
    """To whom the message is drawn: one for everybody has an arrow to each but its sender."""
    if message.sender not in story.members:
        return ()
    if message.receiver is None:
        return tuple(member for member in story.members if member != message.sender)
    return tuple(member for member in story.members if member == message.receiver)


def _scene_lines(scene: Scene, story: Story) -> Iterator[str]:
    over = scene.actor if scene.actor in story.members else _everybody(story)
    silent = Scene(
        number=scene.number, action=scene.action, actor=scene.actor, changes=scene.changes
    )
    note = [f"{scene.number}. {title_of(scene)}", *details_of(silent, story)]
    yield f"    Note over {over}: {'<br/>'.join(map(_escaped, note))}"
    for flight in story.flights:
        if flight.since == scene.number:
            yield from _arrows(flight, story)


def _arrows(flight: Flight, story: Story) -> Iterator[str]:
    arrived = {reception.by for reception in flight.receptions}
    for receiver in receivers_of(flight.message, story):
        arrow = "->>" if receiver in arrived else "-x"
        text = _escaped(text_of(flight.message))
        yield f"    {flight.message.sender}{arrow}{receiver}: {text}"


def _everybody(story: Story) -> str:
    return ",".join(dict.fromkeys((story.members[0], story.members[-1])))


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(letter, letter) for letter in text)
