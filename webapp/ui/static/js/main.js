// The way in, on every page. Every page works without scripts; these make uploads visible, keys quick, and move the focus
// where something changed.

import "./htmx.js";
import "./search_key.js";
import "./palette.js";
import "./menus.js";
import "./autosave.js";
import "./appraising.js";
import "./grid.js";
import "./leaving.js";
import "./buttons.js";
import "./sending.js";
import { prepare } from "./prepare.js";
import { restore } from "./unsaved.js";

prepare(document);
restore(document);
const summary = document.querySelector(".error-summary");
if (summary) summary.focus();
