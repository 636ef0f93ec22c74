"""The HTML page of a story in a real browser; skipped where no Chromium is installed."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from spec.counterexample.page import page_of
from tests.spec.counterexample.support import election

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]

Browser = Callable[..., object]

CURRENT = '[...document.querySelectorAll("[aria-current]")].map((step) => step.id)'


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    """Opens the page at the fragment, presses the keys and returns the value of the expression."""

    def opened(
        fragment: str, expression: str, *keys: str, page: str = "", width: int = 1280
    ) -> object:
        path = tmp_path / "page.html"
        script = f"""<script>
            for (const key of {json.dumps(keys)})
              document.dispatchEvent(new KeyboardEvent("keydown", {{key, cancelable: true}}));
            const value = JSON.stringify({expression});
            document.body.append(Object.assign(document.createElement("output"), {{textContent: value}}));
        </script></body>"""
        path.write_text((page or page_of(election())).replace("</body>", script))
        found = re.search(r"<output>(.*)</output>", dumped(tmp_path, f"{path}{fragment}", width))
        assert found is not None
        return json.loads(unescape(found[1]))

    return opened


def dumped(folder: Path, address: str, width: int) -> str:
    """The markup of the page after its scripts have run."""
    assert CHROMIUM is not None
    # Its own profile: a second Chromium with the same one hands over to the first and ends.
    options = [
        "--headless=new",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
    ]
    options += [f"--user-data-dir={folder / 'profile'}", f"--window-size={width},800", "--dump-dom"]
    options += [] if os.getuid() else ["--no-sandbox"]
    command = [CHROMIUM, *options, f"file://{address}"]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


@pytest.mark.parametrize(
    ("fragment", "keys", "step"),
    [
        ("", (), 1),
        ("#step-3", (), 3),
        ("#step-99", (), 1),
        ("", ("ArrowRight", "ArrowRight"), 3),
        ("#step-3", ("ArrowLeft",), 2),
        ("", ("ArrowLeft",), 1),
        ("", ("End", "ArrowRight"), 4),
        ("#step-3", ("Home",), 1),
    ],
)
def test_page_marks_the_step_of_its_address_and_moves_with_the_keys(
    browser: Browser, fragment: str, keys: tuple[str, ...], step: int
) -> None:
    """It opens at the first step, and the keys stop at both ends."""
    assert browser(fragment, CURRENT, *keys) == [f"step-{step}"]


def test_page_goes_round_with_the_behaviour(browser: Browser) -> None:
    """After the last step of a loop comes its first one; the address follows."""
    loop = page_of(election(back_to=3, back_by="Back"))
    found = browser("#step-5", f"[{CURRENT}, location.hash]", "ArrowRight", page=loop)
    assert found == [["step-4"], "#step-4"]


@pytest.mark.parametrize("width", [390, 1280])
def test_page_shows_every_step_at_once_and_covers_no_arrow(browser: Browser, width: int) -> None:
    """On a phone too; a label lies between the lanes of its arrow and above its line."""
    expression = """{
        veiled: [...document.querySelectorAll("main *")].filter((part) => {
          const style = getComputedStyle(part);
          return style.opacity !== "1" || style.visibility !== "visible" || !part.getClientRects().length;
        }).map((part) => part.outerHTML),
        arrows: document.querySelectorAll(".arrow").length,
        covered: [...document.querySelectorAll(".arrow")].filter((arrow) => {
          const line = arrow.getBoundingClientRect();
          return [...document.querySelectorAll(".arrow span, .member")].some((part) => {
            const box = part.getBoundingClientRect();
            return box.left < line.right && box.right > line.left
              && box.top < line.bottom + 5 && box.bottom > line.bottom - 5;
          });
        }).map((arrow) => arrow.textContent),
        sideways: document.documentElement.scrollWidth > innerWidth,
    }"""
    assert browser("", expression, width=width) == {
        "veiled": [],
        "arrows": 6,
        "covered": [],
        "sideways": False,
    }
