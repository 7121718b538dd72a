// What could not be saved: said in a bar that stays in sight, tried again until it is, and never lost meanwhile.

import { forgetSaved, putBack } from "./drafts.js";
import { renewToken, signInAgain } from "./session.js";

const RETRY = 5000;
const AGAIN_LATER = new Set([0, 429, 502, 503, 504, 507]);
const failed = new Set();
const renewed = new WeakSet();
const bar = document.createElement("div");
bar.className = "unsaved";
bar.setAttribute("role", "alert");
bar.hidden = true;
document.body.append(bar);

function show(text) {
  bar.hidden = !text;
  bar.textContent = text;
}
const unitOf = (event) => event.detail.elt && event.detail.elt.closest && event.detail.elt.closest("[data-saves]");

// What was saved is from now on what the fields began with: only what is typed after it is still to be kept.
function settle(unit, sent) {
  if (!sent || !sent.get) return;
  const fields = unit.matches("textarea") ? [unit] : [...unit.querySelectorAll("textarea, input[type=text], input[type=radio]")];
  fields.forEach((field) => {
    if (field.type === "radio") field.defaultChecked = sent.get(field.name) === field.value;
    else if (sent.has(field.name)) field.defaultValue = sent.get(field.name);
  });
}

let timer = 0;
function tryAgain() {
  if (!window.htmx) return;
  clearTimeout(timer);
  [...failed].filter((unit) => !unit.isConnected).forEach((unit) => failed.delete(unit));
  failed.forEach((unit) => window.htmx.trigger(unit, "save"));
  if (failed.size) timer = setTimeout(tryAgain, RETRY);
}
window.addEventListener("online", tryAgain);

function fell(event, status) {
  const unit = unitOf(event);
  if (status === 401) {
    if (unit) failed.add(unit);
    show("Chưa lưu: phiên làm việc đã hết.");
    signInAgain().then(
      () => { show(failed.size ? "Đang lưu lại…" : ""); tryAgain(); },
      () => { clearTimeout(timer); timer = setTimeout(tryAgain, RETRY); },
    );
    return true;
  }
  if (status === 400 && unit && !renewed.has(unit)) {
    renewed.add(unit);
    const stranger = () => show("Chưa lưu: trình duyệt đang đăng nhập tên khác, hoặc mất kết nối. Nội dung vẫn ở trên máy này.");
    renewToken().then((known) => { if (known) window.htmx.trigger(unit, "save"); else stranger(); }, stranger);
    return true;
  }
  if (!AGAIN_LATER.has(status)) return false;
  if (!unit) { show(status ? "" : "Mất kết nối với máy chủ. Việc vừa bấm chưa được làm; hãy bấm lại khi có mạng."); return !status; }
  failed.add(unit);
  show("Chưa lưu được, đang thử lại. Nội dung vẫn được giữ trên máy này.");
  clearTimeout(timer);
  timer = setTimeout(tryAgain, RETRY);
  return true;
}

document.addEventListener("htmx:sendError", (event) => fell(event, 0));
document.addEventListener("htmx:timeout", (event) => fell(event, 0));
// Answers whether the bar says it, so that no notice need do so too.
export const explains = (event) => fell(event, event.detail.xhr.status);

// Taken, or answered in words at its place (409, 422): it waits no more.
document.addEventListener("htmx:afterRequest", (event) => {
  const { successful, xhr, requestConfig } = event.detail;
  if (!successful && !(xhr && [409, 422].includes(xhr.status))) return;
  const unit = unitOf(event);
  if (unit && successful) {
    settle(unit, requestConfig && requestConfig.formData);
    forgetSaved(unit, requestConfig && requestConfig.formData);
    renewed.delete(unit);
  }
  if (unit) failed.delete(unit);
  if (!failed.size) show("");
});

// After a conflict somebody took what is kept: their own words are not brought back again.
document.addEventListener("htmx:afterSettle", (event) => {
  const { elt, requestConfig } = event.detail;
  if (requestConfig && requestConfig.verb === "get" && requestConfig.elt.closest(".notice")) forgetSaved(elt);
});

// Without network the browser would put its own page in place of this one.
document.addEventListener("submit", (event) => {
  if (window.navigator.onLine || event.target.method !== "post" || event.defaultPrevented) return;
  if (event.target.dataset.fieldWork !== undefined) return; // waits on the device by itself
  event.preventDefault();
  event.stopImmediatePropagation();
  show("Mất kết nối mạng nên chưa gửi. Nội dung vẫn còn ở đây; hãy bấm lại khi có mạng.");
}, true);

// What an earlier visit could not save.
export function restore(root) {
  const fields = putBack(root);
  if (!fields.length) return;
  show("Đã đưa lại phần bạn gõ lần trước mà chưa lưu được. Hãy xem lại rồi lưu.");
  fields.forEach((field) => {
    const unit = field.closest("[data-saves]");
    if (unit) failed.add(unit);
  });
  timer = setTimeout(tryAgain, 500); // once htmx knows this part of the page
}
