// Every page with a part that is fetched alone: sends the CSRF token, moves the focus after a swap, shows what went wrong.

import { say, token } from "./page.js";
import { explains } from "./unsaved.js";
import { prepare } from "./prepare.js";
import { keepOutcome } from "./uploads.js";

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = token();
});
document.addEventListener("htmx:afterSettle", (event) => {
  const region = event.detail.elt;
  if (!region || region.dataset.quiet !== undefined) return;
  const target = region.querySelector("[aria-invalid=true], [data-focus]") || (region.hasAttribute("tabindex") ? region : null);
  if (target && event.detail.requestConfig && event.detail.requestConfig.verb !== "get") target.focus();
  const item = region.matches("[data-appraise]") && region.querySelector("[data-number], fieldset input:checked, fieldset input");
  if (item) item.focus();
  keepOutcome(region);
  if (region.dataset.say) say(region.dataset.say);
  prepare(region);
});
document.addEventListener("htmx:responseError", (event) => {
  if (explains(event)) return;
  const text = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html").body.textContent.trim();
  say(text);
  const place = document.getElementById("main");
  const notice = document.createElement("div");
  notice.className = "notice notice-bad";
  notice.setAttribute("role", "alert");
  const words = document.createElement("p");
  words.textContent = text.replace(/\s+/g, " ").slice(0, 600);
  notice.append(words);
  place.prepend(notice);
});
