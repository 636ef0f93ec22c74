"""The HTML page of a story in a real browser; skipped where no Chromium is installed."""

import json
import os
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest

from spec.counterexample.page import page_of
from tests.spec.counterexample_support import election

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), "")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed"),
]
ROUND = page_of(election(back_to=4, back_by="Back"))


def evaluated(
    folder: Path, body: str, fragment: str = "", page: str = "", width: int = 1280
) -> object:
    """What a function with this body returns in the page, opened at the fragment."""
    script = f"""<script>
        const press = (key) => document.dispatchEvent(new KeyboardEvent("keydown", {{key}}));
        const marked = () => document.querySelector("[aria-current]").id + location.hash;
        document.body.append(document.createElement("output"));
        document.querySelector("output").textContent = JSON.stringify((() => {{{body}}})());
        </script></body>"""
    path = folder / "page.html"
    path.write_text((page or page_of(election())).replace("</body>", script))
    # Its own profile: a second Chromium with the same one hands over to the first and ends.
    options = [
        "--headless=new",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
    ]
    options += [f"--user-data-dir={folder / 'profile'}", f"--window-size={width},800", "--dump-dom"]
    options += [] if os.getuid() else ["--no-sandbox"]
    command = [CHROMIUM, *options, f"file://{path}{fragment}"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    [found] = re.findall(r"<output>(.*)</output>", ran.stdout)
    return json.loads(unescape(found))


def test_page_opens_at_its_first_step_or_at_that_of_its_address(tmp_path: Path) -> None:
    """An address that names no step opens at the first one too."""
    for fragment, step in (("", 1), ("#step-3", 3), ("#step-99", 1)):
        assert evaluated(tmp_path, "return marked();", fragment) == f"step-{step}{fragment}"


def test_page_moves_with_the_keys(tmp_path: Path) -> None:
    """They change the address, stop at both ends, and go round with a behaviour that repeats."""
    body = "return {}.map((key) => {{ press(key); return marked(); }});"
    keys = ["ArrowRight", "ArrowRight", "ArrowLeft", "End", "ArrowRight", "Home", "ArrowLeft"]
    found = evaluated(tmp_path, body.format(keys))
    assert found == [f"step-{n}#step-{n}" for n in (2, 3, 2, 5, 5, 1, 1)]
    assert evaluated(tmp_path, body.format(["End", "ArrowRight"]), page=ROUND) == [
        "step-6#step-6",
        "step-5#step-5",
    ]


@pytest.mark.parametrize("width", [390, 1280])
def test_page_shows_every_step_and_covers_no_arrow(tmp_path: Path, width: int) -> None:
    """On a phone too; the line of an arrow, with its head, touches no label and no member."""
    body = """
        const boxes = (selector) =>
          [...document.querySelectorAll(selector)].map((part) => part.getBoundingClientRect());
        const covers = (box, line) => box.left < line.right && box.right > line.left
          && box.top < line.bottom + 5 && box.bottom > line.bottom - 5;
        return {
          shown: steps.filter((step) => step.checkVisibility({opacityProperty: true})).length,
          covered: boxes(".arrow").map((line) =>
            boxes(".arrow span, .member").some((box) => covers(box, line))),
          sideways: document.documentElement.scrollWidth > innerWidth,
        };"""
    wanted = {"shown": 5, "covered": [False] * 6, "sideways": False}
    assert evaluated(tmp_path, body, width=width) == wanted
