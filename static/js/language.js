// Shows, while somebody types, expressions that put blame on a child, why, and another wording.
// It never blocks and never changes a word. The server finds them and keeps nothing: the text is
// answered and forgotten. The answer: {"hints": [{start, end, found, why, alternative, source}]}.

const PAUSE = 700;

export function startLanguageHints(box) {
  const field = document.getElementById(box.dataset.languageField);
  const place = box.querySelector("[data-language-hints]");
  if (!field || !place) return;
  const check = box.querySelector(".cse-words__check");
  let timer = 0;
  let asked = 0;
  let shown = "";

  async function ask() {
    const turn = (asked += 1);
    const text = field.value;
    const hints = text.trim() ? await fetchHints(box.dataset.language, text, field.form) : [];
    // Only the newest answer counts, and only for the text that is still there.
    if (hints === null || turn !== asked || field.value !== text) return;
    const key = JSON.stringify(hints.map((hint) => [hint.found, hint.why]));
    if (key !== shown) {
      shown = key;
      render(place, hints, field);
    } else {
      refreshTargets(place, hints);
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  // The button stays for those who prefer to ask: with scripts it needs no new page.
  check?.addEventListener("click", (event) => {
    event.preventDefault();
    ask();
  });
}

async function fetchHints(address, text, form) {
  const token = form?.elements.namedItem("csrfmiddlewaretoken")?.value || document.body.dataset.csrf || "";
  const body = new FormData();
  body.append("text", text);
  try {
    const response = await fetch(address, {
      method: "POST",
      body,
      headers: { Accept: "application/json", "X-CSRFToken": token },
      credentials: "same-origin",
      redirect: "manual",
    });
    if (!response.ok) return null;
    document.dispatchEvent(new CustomEvent("cse:used"));
    return (await response.json()).hints;
  } catch {
    return null; // Without an answer nothing changes: the helper is a help, not a gate.
  }
}

function render(place, hints, field) {
  place.replaceChildren();
  if (!hints.length) return;
  const count = hints.length === 1 ? "1 expression" : `${hints.length} expressions`;
  place.append(
    make("p", "cse-words__lead", `${count} to think about. Quoting the child or a source is fine: you decide.`),
  );
  const list = make("ul", "cse-words__list");
  for (const hint of hints) list.append(item(hint, field));
  place.append(list);
}

function item(hint, field) {
  const element = make("li", "cse-words__item");
  const term = make("p", "cse-words__term");
  term.append(make("q", "", hint.found));
  element.append(term, make("p", "cse-words__why", hint.why));
  if (hint.alternative) {
    const instead = make("p", "cse-words__try");
    instead.append(make("strong", "", "Instead:"), ` ${hint.alternative}`);
    element.append(instead);
  }
  if (hint.source) element.append(make("p", "cse-words__source", hint.source));
  const show = make("button", "cse-words__show", "Show it in the text");
  show.type = "button";
  show.dataset.start = hint.start;
  show.dataset.end = hint.end;
  show.addEventListener("click", () => select(field, Number(show.dataset.start), Number(show.dataset.end)));
  element.append(show);
  return element;
}

function refreshTargets(place, hints) {
  place.querySelectorAll(".cse-words__show").forEach((button, index) => {
    button.dataset.start = hints[index].start;
    button.dataset.end = hints[index].end;
  });
}

// The server counts characters, the browser UTF-16 units: an emoji before the term is two of them.
function select(field, start, end) {
  const characters = Array.from(field.value);
  const from = characters.slice(0, start).join("").length;
  field.focus();
  field.setSelectionRange(from, from + characters.slice(start, end).join("").length);
}

function make(name, classes, text = "") {
  const element = document.createElement(name);
  if (classes) element.className = classes;
  element.textContent = text;
  return element;
}
