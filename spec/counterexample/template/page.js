"use strict";
// The address names the current step: the script marks it, and moves it with the arrow keys.
const steps = [...document.querySelectorAll(".step")];
const again = Number(document.body.dataset.again) || steps.length;

function current() {
  return Math.max(0, steps.findIndex((step) => `#${step.id}` === location.hash));
}

function mark() {
  for (const step of steps) step.removeAttribute("aria-current");
  steps[current()].setAttribute("aria-current", "step");
}

// After the last step of a loop comes its first one.
const moves = {
  ArrowRight: (index) => steps[index + 1] ?? steps[again],
  ArrowLeft: (index) => steps[index - 1],
  Home: () => steps[0],
  End: () => steps.at(-1),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  const step = moves[event.key]?.(current());
  if (!step) return;
  event.preventDefault();
  location.replace(`#${step.id}`);
  mark();
});
window.addEventListener("hashchange", mark);
mark();
