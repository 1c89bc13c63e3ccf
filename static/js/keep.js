// Just before the session ends, hands what was typed and not saved to the server, which keeps it for
// a day for the same person (see cse/signin/kept.py). Nothing is kept in the browser. Forms that
// save themselves (data-autosave) need none of this.

export async function keepUnsaved(address, token) {
  const forms = [...document.querySelectorAll("form[method=post]:not([data-autosave])")];
  await Promise.all(forms.filter(changed).map((form) => send(form, address, token)));
}

function changed(form) {
  return [...form.elements].some((field) => {
    if (field.type === "hidden" || field.type === "password" || field.type === "file") return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    return "defaultValue" in field && field.value !== field.defaultValue;
  });
}

async function send(form, address, token) {
  const data = new FormData(form);
  [...form.elements].forEach((field) => {
    if (field.type === "password" || field.type === "file") data.delete(field.name);
  });
  data.set("kept_path", new URL(form.action).pathname + new URL(form.action).search);
  data.set("kept_page", window.location.pathname + window.location.search);
  try {
    await fetch(address, {
      method: "POST",
      body: data,
      headers: { Accept: "application/json", "X-CSRFToken": token },
      credentials: "same-origin",
      keepalive: true,
    });
  } catch {
    // No connection: the page itself still holds the text.
  }
}
