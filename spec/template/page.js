"use strict";
// Shows one step at a time. Which one is in the address, as #step=5, so that it can be passed on.
const last = Number(document.body.dataset.last);
const again = Number(document.body.dataset.again) || last;
const row = parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--row"));
const lanes = document.querySelector(".lanes");
const slider = document.querySelector("nav input");
let current = 0;

function show(step) {
  current = Math.min(Math.max(step, 1), last);
  for (const part of document.querySelectorAll("[data-step]")) {
    part.classList.toggle("current", Number(part.dataset.step) === current);
  }
  for (const part of document.querySelectorAll("[data-sent]")) {
    const steps = [part.dataset.sent, part.dataset.received, part.dataset.gone];
    part.classList.toggle("now", steps.includes(String(current)));
  }
  for (const link of document.querySelectorAll(".lanes li a")) {
    link.toggleAttribute("aria-current", false);
  }
  const title = document.querySelector(".lanes li.current a");
  title.setAttribute("aria-current", "step");
  veil();
  slider.value = current;
  slider.setAttribute("aria-valuetext", title.textContent.trim());
  document.querySelector("nav output").textContent = `Step ${current} of ${last}`;
  follow();
  history.replaceState(null, "", `#step=${current}`);
}

// The row and whoever acts in it come into sight, and the page itself stays where it is.
function follow() {
  lanes.scrollTop = (current - 0.5) * row - lanes.clientHeight / 2 + 33;
  const mark = document.querySelector(".mark.current");
  if (!mark) return;
  const box = mark.getBBox();
  const left = document.querySelector(".lanes ol").offsetWidth;
  lanes.scrollLeft = box.x + box.width / 2 - (lanes.clientWidth - left) / 2;
}

// What has not happened yet is pale.
function veil() {
  document.querySelector("#so-far").setAttribute("height", row * current);
  document.body.dataset.current = current;
}

// Where the behaviour goes round, so does the key.
const moves = {
  first: () => 1,
  previous: () => current - 1,
  next: () => (current === last && again < last ? again + 1 : current + 1),
  last: () => last,
};
const keys = { Home: "first", ArrowLeft: "previous", ArrowRight: "next", End: "last" };

function read() {
  const asked = /^#(?:step=|told-)(\d+)$/.exec(location.hash);
  if (!asked || Number(asked[1]) !== current) show(asked ? Number(asked[1]) : 1);
}

document.addEventListener("keydown", (event) => {
  const move = keys[event.key];
  if (!move || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  show(moves[move]());
});
for (const button of document.querySelectorAll("nav button")) {
  button.addEventListener("click", () => show(moves[button.dataset.go]()));
}
slider.addEventListener("input", () => show(Number(slider.value)));
for (const part of document.querySelectorAll(".lanes [data-step]")) {
  part.addEventListener("click", (event) => {
    event.preventDefault();
    show(Number(part.dataset.step));
  });
}
window.addEventListener("hashchange", read);
document.querySelector("nav").hidden = false;
document.body.classList.add("stepping");
read();
