"""A story as a Mermaid sequence diagram: members side by side, messages as arrows.

Knows Mermaid's syntax. A message is drawn where it is sent; when, and whether, it arrives is the
next steps' affair.
"""

from collections.abc import Iterator

from spec.story import Change, Scene, Sent, Story, title_of

_SPECIAL = {"#": "#35;", ";": "#59;", "<": "#lt;", ">": "#gt;", "\n": " "}


def mermaid_lines(story: Story) -> Iterator[str]:
    """The text of the diagram, line by line."""
    yield "sequenceDiagram"
    for member in story.members:
        yield f"    participant {member}"
    for scene in story.scenes[1:]:
        yield from _scene_lines(scene, story)
    yield f"    Note over {_everybody(story)}: {_escaped(story.ending)}"


def arrows_of(sent: Sent, scene: Scene, story: Story) -> Iterator[tuple[str, str]]:
    """From whom to whom the message is drawn; one for everybody has an arrow to each.

    A message that does not tell its sender comes from whoever acts.
    """
    sender = sent.sender if sent.sender in story.members else scene.actor
    if sender not in story.members:
        return
    for member in story.members:
        if member == sent.receiver or (sent.receiver is None and member != sender):
            yield sender, member


def _scene_lines(scene: Scene, story: Story) -> Iterator[str]:
    over = scene.actor if scene.actor in story.members else _everybody(story)
    note = [f"{scene.number}. {title_of(scene)}", *map(_change_text, scene.changes)]
    yield f"    Note over {over}: {'<br/>'.join(map(_escaped, note))}"
    for sent in scene.sent:
        text = f"{sent.kind} ({sent.content})" if sent.content else sent.kind
        for sender, receiver in arrows_of(sent, scene, story):
            yield f"    {sender}->>{receiver}: {_escaped(text)}"


def _change_text(change: Change) -> str:
    return f"{change.part}: {change.before} → {change.after}"


def _everybody(story: Story) -> str:
    return ",".join(dict.fromkeys((story.members[0], story.members[-1])))


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(letter, letter) for letter in text)
