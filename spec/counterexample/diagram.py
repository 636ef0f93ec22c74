"""A story as the text of a Mermaid sequence diagram.

A message is drawn in the step that sends it, with a cross if it is never received.
"""

from collections.abc import Iterator

from spec.counterexample.narration import change_text, ending_of, message_text, title_of
from spec.counterexample.story import Scene, Story

# A semicolon would end the line, a number sign begins an escape, angle brackets would be markup.
_ESCAPES = str.maketrans({"#": "#35;", ";": "#59;", "<": "#lt;", ">": "#gt;", "\n": " "})


def mermaid_lines(story: Story) -> Iterator[str]:
    """The text of the diagram, line by line."""
    everybody = ",".join(dict.fromkeys((story.members[0], story.members[-1])))
    yield "sequenceDiagram"
    yield from (f"    participant {member}" for member in story.members)
    for scene in story.scenes[1:]:
        if scene.number - 1 == story.trace.back_to:
            yield "    loop for ever"
        over = scene.mail.actor if scene.mail.actor in story.members else everybody
        note = (title_of(scene), *map(change_text, scene.changes))
        yield f"    Note over {over}: {'<br/>'.join(text.translate(_ESCAPES) for text in note)}"
        yield from _arrows(scene, story)
    if story.scenes[-1].repeats:
        yield "    end"
    yield f"    Note over {everybody}: {ending_of(story).translate(_ESCAPES)}"


def _arrows(scene: Scene, story: Story) -> Iterator[str]:
    for message in scene.mail.sent:
        arrow = "->>" if story.receptions_of(message) else "-x"
        text = message_text(message).translate(_ESCAPES)
        yield f"    {message.sender}{arrow}{message.receiver}: {text}"
