// After each autosave: the rules beside the answers and the matrix's suggestion, as the server
// prints them. Without this file they are renewed when the page is saved.

document.addEventListener("cse:saved", (event) => {
  const panels = event.detail?.panels;
  if (!panels) return;
  for (const place of document.querySelectorAll("[data-live]")) {
    const html = panels[place.dataset.live];
    if (html !== undefined && !place.contains(document.activeElement)) renew(place, html);
  }
  for (const place of document.querySelectorAll("[data-live-words]")) {
    if (place.dataset.liveWords === panels.words) continue; // told once, not at every save
    place.dataset.liveWords = panels.words;
    place.textContent = panels.words;
  }
});

function renew(place, html) {
  if (place.dataset.liveHtml === html) return;
  place.dataset.liveHtml = html;
  place.innerHTML = html;
}
