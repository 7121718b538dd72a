// Every page, and every part that was swapped in: upload forms, and what needs a script.

import { dress } from "./choosing_files.js";
import { count } from "./counting.js";
import { fieldWork } from "./field_work.js";
import { pick } from "./picking.js";
import { addUp } from "./shares.js";
import { sign } from "./signature.js";
import { prepareUpload } from "./uploads.js";

export function prepare(root) {
  root.querySelectorAll("input[type=file]").forEach(dress);
  root.querySelectorAll("form[data-upload]").forEach(prepareUpload);
  count(root);
  pick(root);
  addUp(root);
  fieldWork(root);
  sign(root);
  // Cells that only a script can save take no text without one.
  root.querySelectorAll("[data-grid] input[readonly]").forEach((field) => { field.readOnly = false; });
  root.querySelectorAll("[data-needs-script]").forEach((part) => { part.hidden = false; });
}
