// Warns before the session ends and lets the person stay. The server decides when it is over; this
// only says so in time. Several tabs each ask the server, so none ends the others' work.
//
// On the body: data-idle-seconds, data-idle-warning, data-idle-extend (POST; answers
// {"seconds_left": 900}), data-idle-ended (where to go), data-csrf, perhaps data-idle-keep (takes
// what was typed and not saved) and data-session-ends (after which nothing extends it).

import { keepUnsaved } from "./keep.js";

const TICK = 1000;
const KEEP = 5; // seconds left at which what is typed and not saved is handed to the server
const LAST_CALL = 30; // seconds left at which a closed warning comes back
const ANNOUNCE = [120, 60, 30, 10]; // seconds left that a screen reader is told, not every tick

export function startIdleWarning(body) {
  if (!body.dataset.idleExtend) return;
  const watch = {
    body,
    warning: Number(body.dataset.idleWarning),
    ends: Date.now() + Number(body.dataset.idleSeconds) * 1000,
    limit: body.dataset.sessionEnds ? Date.parse(body.dataset.sessionEnds) : Infinity,
    told: new Set(),
  };
  watch.dialog = buildDialog(watch);
  body.append(watch.dialog.element);
  // A save in the background is use of the session too: the server has moved its clock.
  document.addEventListener("cse:used", () => setEnd(watch, Number(body.dataset.idleSeconds)));
  setInterval(() => tick(watch), TICK);
}

function setEnd(watch, seconds) {
  watch.ends = Date.now() + seconds * 1000;
  watch.told.clear();
  watch.closedAt = null;
  watch.kept = false;
  if (watch.dialog.element.open) watch.dialog.element.close();
}

function secondsLeft(watch) {
  return Math.ceil((Math.min(watch.ends, watch.limit) - Date.now()) / 1000);
}

function tick(watch) {
  const left = secondsLeft(watch);
  if (left <= KEEP && !watch.kept && watch.body.dataset.idleKeep) {
    watch.kept = true;
    keepUnsaved(watch.body.dataset.idleKeep, watch.body.dataset.csrf);
  }
  if (left <= 0) {
    window.location.assign(watch.body.dataset.idleEnded);
    return;
  }
  if (left > watch.warning) return;
  const final = watch.limit <= watch.ends;
  const { element, time, advice, extend, live } = watch.dialog;
  time.textContent = words(left);
  extend.hidden = final;
  advice.textContent = final
    ? "You have been signed in for the longest time allowed. Save what you are doing now; drafts are kept for you."
    : "For the children’s safety you are signed out when nothing happens for a while. Drafts are kept for you.";
  const wanted = watch.closedAt == null || (left <= LAST_CALL && watch.closedAt > LAST_CALL);
  if (!element.open && wanted) {
    watch.closedAt = null;
    element.showModal();
  }
  const mark = ANNOUNCE.find((second) => left <= second && !watch.told.has(second) && left > second - 5);
  if (mark) {
    watch.told.add(mark);
    live.textContent = `You will be signed out in ${words(left)}.`;
  }
}

function words(seconds) {
  if (seconds > 60) return `${Math.ceil(seconds / 60)} minutes`;
  if (seconds === 60) return "1 minute";
  return seconds === 1 ? "1 second" : `${seconds} seconds`;
}

async function extend(watch) {
  try {
    const response = await fetch(watch.body.dataset.idleExtend, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": watch.body.dataset.csrf },
      credentials: "same-origin",
      redirect: "manual",
    });
    if (response.ok) {
      const answer = await response.json();
      setEnd(watch, answer.seconds_left || Number(watch.body.dataset.idleSeconds));
      return;
    }
    if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) {
      window.location.assign(watch.body.dataset.idleEnded);
      return;
    }
  } catch {
    // No connection: fall through and say so; the clock goes on and the button can be tried again.
  }
  watch.dialog.advice.textContent = "The server did not answer. Try again.";
}

function buildDialog(watch) {
  const element = make("dialog", "cse-idle");
  element.setAttribute("aria-labelledby", "idle-heading");
  element.setAttribute("aria-describedby", "idle-advice");
  const heading = make("h2", "govuk-heading-m", "You are about to be signed out");
  heading.id = "idle-heading";
  const when = make("p", "govuk-body", "You will be signed out in ");
  const time = make("strong", "", "");
  when.append(time, ".");
  when.setAttribute("aria-hidden", "true");
  const advice = make("p", "govuk-body", "");
  advice.id = "idle-advice";
  const live = make("p", "govuk-visually-hidden", "");
  live.setAttribute("role", "alert");
  const button = make("button", "govuk-button", "Stay signed in");
  button.type = "button";
  button.addEventListener("click", () => extend(watch));
  const close = make("button", "govuk-button govuk-button--secondary", "Back to the page");
  close.type = "button";
  close.addEventListener("click", () => {
    watch.closedAt = secondsLeft(watch);
    element.close();
  });
  const group = make("div", "govuk-button-group");
  group.append(button, close);
  element.append(heading, when, live, advice, group);
  // Escape means "I am here" as the button does.
  element.addEventListener("cancel", () => {
    if (button.hidden) watch.closedAt = secondsLeft(watch);
    else extend(watch);
  });
  return { element, time, advice, live, extend: button };
}

function make(name, classes, text = "") {
  const element = document.createElement(name);
  if (classes) element.className = classes;
  element.textContent = text;
  return element;
}
