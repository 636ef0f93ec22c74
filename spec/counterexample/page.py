"""A story as one HTML page that needs neither the network nor, to be read, a script.

All steps are one list: each has its address (`#step-7`), its picture and its words. The script marks
the current step and moves it with the arrow keys.
"""

import re
from html import escape
from pathlib import Path

from spec.counterexample.lanes import lanes_of
from spec.counterexample.narration import details_of, ending_of, headline_of, title_of
from spec.counterexample.story import Scene, Story

_TEMPLATE = Path(__file__).with_name("template")


def page_of(story: Story) -> str:
    """The whole file."""
    parts = {
        "STYLE": (_TEMPLATE / "page.css").read_text(),
        "SCRIPT": (_TEMPLATE / "page.js").read_text(),
        "TITLE": escape(headline_of(story)),
        "SHOWS": escape(story.shows),
        "MEMBERS": str(len(story.members)),
        "AGAIN": str(story.trace.back_to or ""),
        "STEPS": "\n".join(_step(scene, story) for scene in story.scenes),
        "ENDING": _linked(ending_of(story)),
        "DEFINITION": escape(story.definition),
    }
    page = (_TEMPLATE / "page.html").read_text()
    # No text of a model can be taken for a part's name: `escape` has replaced its angle brackets.
    for name, text in parts.items():
        page = page.replace(f"<!-- {name} -->", text)
    return page


def _step(scene: Scene, story: Story) -> str:
    name = f"step-{scene.number}"
    loop = " loop" if scene.repeats else ""
    words = "".join(f"<li>{_linked(text)}</li>" for text in details_of(scene))
    return (
        f'<li class="step{loop}" id="{name}">'
        f'<h2><a href="#{name}">{escape(title_of(scene))}</a></h2>'
        f"{lanes_of(scene, story)}<ul>{words}</ul></li>"
    )


def _linked(text: str) -> str:
    """The text in HTML; each step that it names is a link."""
    return re.sub(r"\bstep (\d+)", r'<a href="#step-\1">\g<0></a>', escape(text))
