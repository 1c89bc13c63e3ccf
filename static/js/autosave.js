// Saves a draft while it is being filled in. Nothing is kept in the browser: what has not reached
// the server is only in the form, and the page says so.
//
// The form carries data-autosave (the address to post to), perhaps data-autosave-compare (where two
// versions are compared) and a hidden field named "version". The server answers
// {"saved_at": "14:05", "version": 7, "unsaved": ["On which day: …"]}, or status 409
// {"compare_url": "…"}. What stands in "unsaved" is wrong and was left out, and everything else is
// saved; without "saved_at" nothing was.

const PAUSE = 1500; // after the last key, in milliseconds
const LONGEST_WAIT = 10000; // while somebody types without a pause
const FIRST_RETRY = 5000;
const LAST_RETRY = 60000;

const SIGNED_IN = "cse-signed-in"; // what the tabs of this browser tell each other; nothing else
const OPEN_TOO_LONG = "Not saved: this page was open too long. Use the save button; what you typed is not lost.";

export function startAutosave(form) {
  const status = form.querySelector("[data-autosave-status]") || addStatus(form);
  const state = { timer: 0, first: 0, retry: FIRST_RETRY, running: null, dirty: false };

  const plan = (wait) => {
    clearTimeout(state.timer);
    state.timer = setTimeout(() => save(), wait);
  };

  async function save() {
    clearTimeout(state.timer);
    if (state.stopped || !state.dirty) return;
    if (state.running) {
      await state.running;
      return save();
    }
    state.dirty = false;
    state.first = 0;
    state.running = send(form).finally(() => {
      state.running = null;
    });
    handle(await state.running);
  }

  function handle(result) {
    if (result.kind === "token" && !state.renewed) {
      // The same person signed in again in another tab.
      state.renewed = true;
      setToken(result.token);
      state.dirty = true;
      plan(0);
      return;
    }
    if (result.kind === "saved") {
      state.retry = FIRST_RETRY;
      state.trouble = state.renewed = false;
      const unsaved = result.body.unsaved || [];
      state.left = unsaved.length > 0;
      setVersion(form, result.body.version);
      document.dispatchEvent(new CustomEvent("cse:used"));
      if (result.body.saved_at) {
        form.dispatchEvent(new CustomEvent("cse:saved", { bubbles: true, detail: result.body }));
      }
      const saved = result.body.saved_at ? `Saved at ${result.body.saved_at}` : "Not saved";
      const joint = result.body.saved_at ? ", except " : ": ";
      say(status, state.left ? saved + joint + unsaved.join("; ") : saved, state.left);
      return;
    }
    state.dirty = true;
    state.trouble = true;
    if (result.kind === "later") {
      say(status, "Not saved – will try again. What you typed is still on this page.", true);
      plan(state.retry);
      state.retry = Math.min(state.retry * 2, LAST_RETRY);
      return;
    }
    // Trying again would not help until the person does something.
    state.stopped = true;
    state.signedOut = result.signedOut;
    say(status, result.words || OPEN_TOO_LONG, true, result.href, result.link);
  }

  whenSomebodySignsIn(() => {
    if (!state.signedOut) return;
    state.stopped = state.signedOut = state.renewed = false;
    save();
  });

  form.addEventListener("input", () => {
    state.dirty = true;
    state.first ||= Date.now();
    const waited = Date.now() - state.first;
    plan(Math.max(0, Math.min(PAUSE, LONGEST_WAIT - waited)));
  });
  form.addEventListener("change", () => state.dirty && plan(300));
  document.addEventListener("focusin", (event) => keepInSight(event.target, status));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save();
  });
  window.addEventListener("online", () => save());
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) state.stopped = state.leaving = false; // back again: it saves again
  });
  // Only when a save has failed, or left something out: an ordinary pause of a second is flushed as
  // the page is hidden.
  window.addEventListener("beforeunload", (event) => {
    const lost = state.left || (state.trouble && state.dirty);
    if (lost && !state.leaving) event.preventDefault();
  });

  // The button's own save must not overtake an autosave on its way: the version would be stale.
  form.addEventListener("submit", (event) => {
    clearTimeout(state.timer);
    state.stopped = true;
    state.leaving = true;
    if (!state.running) return;
    event.preventDefault();
    const button = event.submitter;
    state.running.finally(() => form.requestSubmit(button));
  });
}

async function send(form) {
  let response;
  try {
    response = await fetch(form.dataset.autosave, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json", "X-Requested-With": "autosave" },
      credentials: "same-origin",
      redirect: "manual",
      keepalive: document.visibilityState === "hidden",
    });
  } catch {
    return { kind: "later" };
  }
  return read(form, response);
}

async function read(form, response) {
  const body = await response.json().catch(() => ({}));
  if (response.ok) return { kind: "saved", body };
  if (response.status === 409) {
    const href = body.compare_url || form.dataset.autosaveCompare || "";
    return href
      ? {
          kind: "stop",
          words: "Not saved: this section was changed meanwhile, by somebody else or by you in another window. Both texts are kept.",
          href,
          link: "Open the comparison",
        }
      : {
          kind: "stop",
          words: "Not saved: this section was changed meanwhile, by somebody else or by you in another window. Use the save button to see both texts side by side.",
        };
  }
  if (response.type === "opaqueredirect" || response.status === 401) {
    return {
      kind: "stop",
      signedOut: true,
      words: "Not saved: you have been signed out. Sign in in another tab, then save here; what you typed is still on this page.",
    };
  }
  if (response.status === 403 && body.token) return { kind: "token", token: body.token };
  if (response.status === 403 && body.somebody_else) {
    return {
      kind: "stop",
      signedOut: true,
      words: "Not saved: somebody else has signed in in this browser. Sign in yourself in another tab, then save here; what you typed is still on this page.",
    };
  }
  if (response.status === 403 || response.status === 404) {
    return {
      kind: "stop",
      words: "Not saved: this draft is no longer open to you. Copy what you typed and speak to your safeguarding lead.",
    };
  }
  if (response.status === 400 || response.status === 413) {
    return { kind: "stop", words: body.message || "Not saved: use the save button to see what to change." };
  }
  return { kind: "later" };
}

// A page of somebody signed in tells the other tabs, so that one that was signed out goes on.
export function tellSignedIn(body) {
  if (!body.dataset.idleExtend || !("BroadcastChannel" in window)) return;
  const channel = new BroadcastChannel(SIGNED_IN);
  channel.postMessage("");
  channel.close();
}

function whenSomebodySignsIn(then) {
  if ("BroadcastChannel" in window) new BroadcastChannel(SIGNED_IN).addEventListener("message", then);
}

function setToken(token) {
  document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((field) => (field.value = token));
  document.body.dataset.csrf = token;
}

function setVersion(form, version) {
  const field = form.elements.namedItem("version");
  if (field && version !== undefined) field.value = version;
}

function addStatus(form) {
  const status = document.createElement("p");
  status.className = "cse-autosave";
  status.dataset.autosaveStatus = "";
  status.setAttribute("role", "status");
  form.prepend(status);
  return status;
}

// What is not saved is said at the top of the window all the while: what the keyboard comes to is not
// behind it (WCAG 2.2, 2.4.11). Something as high as half the window shows enough of itself.
function keepInSight(target, status) {
  if (!status.classList.contains("cse-autosave--trouble") || status.contains(target)) return;
  const line = status.getBoundingClientRect();
  const box = target.getBoundingClientRect();
  const behind = line.top <= 0 && box.top < line.bottom && box.height < window.innerHeight / 2;
  if (behind) window.scrollBy(0, box.top - line.bottom - 8);
}

function say(status, words, trouble = false, href = "", link = "") {
  status.classList.toggle("cse-autosave--trouble", trouble);
  status.textContent = words;
  if (!href) return;
  const anchor = document.createElement("a");
  anchor.href = href;
  anchor.className = "govuk-link";
  anchor.textContent = link;
  status.append(" ", anchor);
}
