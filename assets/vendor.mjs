// Copies what the browser needs beside the compiled CSS: GOV.UK Frontend's own module (without the
// pointer to a source map we do not ship) and the one icon our chosen components refer to.
// Nothing is fetched from anywhere when a page is shown.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";

const govuk = "node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.js";
const moj = "node_modules/@ministryofjustice/frontend/moj/assets/images/icon-document.svg";
mkdirSync("../static/js/vendor", { recursive: true });
mkdirSync("../static/images", { recursive: true });
const source = readFileSync(govuk, "utf8").replace(/\n?\/\/# sourceMappingURL=.*$/m, "");
writeFileSync("../static/js/vendor/govuk-frontend.min.js", source.trimEnd() + "\n");
copyFileSync(moj, "../static/images/icon-document.svg");
