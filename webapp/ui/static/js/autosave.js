// Score sheets and the page where they are appraised, whose parts save themselves: what was just typed is saved before
// the page is left or anything is sent.

import { askBeforeLeaving } from "./leaving.js";
import { say } from "./page.js";

const unsaved = new Set();
const part = (element) => element && element.closest && element.closest("[data-saves]");
["input", "change"].forEach((name) => document.addEventListener(name, (event) => {
  if (part(event.target)) unsaved.add(part(event.target));
}, true));
document.addEventListener("htmx:afterRequest", (event) => {
  const saved = part(event.detail.elt);
  if (saved && event.detail.successful && !saved.classList.contains("htmx-request")) unsaved.delete(saved);
  if (!unsaved.size) askBeforeLeaving(false);
});

function saveFirst(then) {
  const waiting = [...unsaved].filter((one) => one.isConnected);
  let left = waiting.length;
  const failed = new Set();
  if (!left) { unsaved.clear(); then(); return; }
  waiting.forEach((one) => {
    const done = (event) => {
      if (event.detail.successful) failed.delete(one); else failed.add(one);
      // A save that was already under way may be followed by one that waits for it.
      setTimeout(() => {
        if (one.classList.contains("htmx-request")) return;
        one.removeEventListener("htmx:afterRequest", done);
        left -= 1;
        if (left) return;
        if (failed.size) {
          // What is refused says so at its place; who wants to leave all the same is asked by the browser next time.
          say("Có mục chưa lưu được; hãy xem lại rồi tiếp tục.");
          unsaved.clear();
          askBeforeLeaving(true);
          return;
        }
        unsaved.clear();
        then();
      }, 20);
    };
    one.addEventListener("htmx:afterRequest", done);
    window.htmx.trigger(one, "save");
  });
}
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || !unsaved.size || !window.htmx || event.ctrlKey || event.metaKey || link.target) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  saveFirst(() => link.click());
}, true);
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!unsaved.size || !window.htmx || form.dataset.saves !== undefined || form.dataset.keep !== undefined) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  saveFirst(() => form.requestSubmit(event.submitter));
}, true);
