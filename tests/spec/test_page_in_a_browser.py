"""The HTML page of a story in a real browser, where a Chromium is installed."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from spec.drawing import ROW
from spec.page import page_of
from tests.spec.page_support import Outline, story

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]

Browser = Callable[..., str]


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    """Opens the page at the fragment, after the script given, and returns its final markup."""

    def opened(fragment: str, *options: str, script: str = "", page: str = "") -> str:
        path = tmp_path / "page.html"
        markup = page or page_of(story())
        path.write_text(markup.replace("</body>", f"<script>{script}</script></body>"))
        return chromium(tmp_path, f"file://{path}{fragment}", *options)

    return opened


def chromium(folder: Path, address: str, *options: str) -> str:
    assert CHROMIUM is not None
    sandbox = () if os.getuid() else ("--no-sandbox",)
    # Its own profile: a second Chromium with the same one hands over to the first and ends.
    profile = f"--user-data-dir={folder / 'profile'}"
    quiet = ("--headless=new", "--disable-gpu", "--no-first-run", "--disable-background-networking")
    command = (CHROMIUM, *quiet, profile, *sandbox, *(options or ("--dump-dom",)), address)
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


def shown(markup: str) -> tuple[str, str, list[str | None]]:
    """The counter, how far down the drawing has been told, and what is marked as current."""
    found = Outline(markup)
    counter = re.search(r"<output[^>]*>([^<]*)<", markup)
    [told] = [has["height"] or "" for _, has in found.elements if has.get("id") == "so-far"]
    current = [has.get("data-step") for has in found.of_class("current")]
    return counter[1] if counter else "", told, current


def lit(markup: str) -> list[tuple[str | None, str | None]]:
    """The arrows of the step that is shown: sent and received in which step."""
    arrows = Outline(markup).of_class("arrow")
    return [
        (has["data-sent"], has.get("data-received"))
        for has in arrows
        if "now" in (has["class"] or "").split()
    ]


def press(*keys: str) -> str:
    """A script that presses the keys, one after the other."""
    event = (
        'document.dispatchEvent(new KeyboardEvent("keydown", {{key: "{key}", cancelable: true}}));'
    )
    return "".join(event.format(key=key) for key in keys)


def test_the_fragment_says_which_step_is_shown(browser: Browser) -> None:
    """Its row, its words and its arrows; what comes later is pale."""
    markup = browser("#step=3")
    counter, told, current = shown(markup)
    assert (counter, told) == ("Step 3 of 4", str(3 * ROW))
    assert current == ["3"] * 4
    assert lit(markup) == [("2", "3"), ("3", "4")]


def test_without_a_fragment_it_begins_at_the_beginning(browser: Browser) -> None:
    """Nothing has been sent there."""
    markup = browser("")
    assert shown(markup)[0] == "Step 1 of 4"
    assert lit(markup) == []


@pytest.mark.parametrize(
    ("keys", "step"),
    [
        (("ArrowRight", "ArrowRight"), 3),
        (("End", "ArrowLeft"), 3),
        (("End", "ArrowRight"), 4),
        (("End", "Home"), 1),
        (("ArrowLeft",), 1),
    ],
)
def test_the_keyboard_steps(browser: Browser, keys: tuple[str, ...], step: int) -> None:
    """Forth and back, to both ends and not beyond them."""
    counter, _, current = shown(browser("", script=press(*keys)))
    assert (counter, set(current)) == (f"Step {step} of 4", {str(step)})


def test_buttons_slider_and_rows_step(browser: Browser) -> None:
    """For the mouse."""
    button = "document.querySelector('[data-go=next]').click();"
    assert shown(browser("", script=button))[0] == "Step 2 of 4"
    slider = "slider.value = 3; slider.dispatchEvent(new Event('input'));"
    assert shown(browser("", script=slider))[0] == "Step 3 of 4"
    row = "document.querySelector('li[data-step=\"4\"] a').click();"
    assert shown(browser("", script=row))[0] == "Step 4 of 4"


def test_the_key_goes_round_with_the_behaviour(browser: Browser) -> None:
    """After the last step of a loop comes its first."""
    page = page_of(story(back_to=2, back_by="Back"))
    assert shown(browser("#step=5", script=press("ArrowRight"), page=page))[0] == "Step 3 of 5"


def test_hostile_text_does_nothing(browser: Browser) -> None:
    """Neither as markup nor as a script."""
    page = page_of(
        story(kind="<img src=x onerror=document.title=1><script>document.title=2</script>")
    )
    markup = browser("#step=3", page=page)
    assert "<title>model: how Claim is violated</title>" in markup
    assert "<img" not in markup


def test_every_step_looks_different(browser: Browser, tmp_path: Path) -> None:
    """There is something to see, and it is not the same."""
    pictures = []
    for step in (1, 4):
        picture = tmp_path / f"{step}.png"
        browser(f"#step={step}", f"--screenshot={picture}", "--window-size=1280,800")
        pictures.append(picture.read_bytes())
    blank = tmp_path / "blank.png"
    browser("", f"--screenshot={blank}", "--window-size=1280,800", page="<body></body>")
    assert len({*pictures, blank.read_bytes()}) == 3
    assert min(map(len, pictures)) > 5 * len(blank.read_bytes())
