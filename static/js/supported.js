// Loaded first in the body, before anything is drawn: tells the styles that scripts run, so that
// nothing jumps when they start. It stands where GOV.UK has an inline script, which our content
// security policy does not allow.
document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("govuk-frontend-supported");
}
