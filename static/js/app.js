// Every page works without this file; it only makes some of them easier to use.
import { initAll } from "./vendor/govuk-frontend.min.js";
import { startAutosave, tellSignedIn } from "./autosave.js";
import { startIdleWarning } from "./idle.js";
import { startLanguageHints } from "./language.js";

initAll();
document.querySelectorAll("form[data-autosave]").forEach(startAutosave);
document.querySelectorAll("[data-language]").forEach(startLanguageHints);
startIdleWarning(document.body);
tellSignedIn(document.body);
