// Every page, and every part that was swapped in: upload forms, and what needs a script.

import { prepareUpload } from "./uploads.js";

export function prepare(root) {
  root.querySelectorAll("form[data-upload]").forEach(prepareUpload);
  root.querySelectorAll("[data-needs-script]").forEach((part) => { part.hidden = false; });
}
