// Long texts are kept on the device from the first letter until the house has them: a reload, a fallen network or an ended
// session loses nothing. What was kept comes back with the revision it was written on, so that a newer text of somebody
// else is never overwritten unseen. They are the person's own, go when they sign out, and after a week.

const PERSON = document.querySelector('meta[name="person"]');
const PREFIX = PERSON ? `kho:${PERSON.content}:` : "";
const WEEK = 7 * 24 * 3600 * 1000;
const LEAVING = "kho:leaving";
const placed = (path) => `${PREFIX}${path}:`;
const here = () => placed(window.location.pathname);

function store(act) {
  try { return act(window.localStorage); } catch (error) { return null; } // full, or switched off
}
const keys = (prefix) => store((kept) => Object.keys(kept).filter((key) => key.startsWith(prefix))) || [];
const forget = (prefix) => keys(prefix).forEach((key) => store((kept) => kept.removeItem(key)));

keys("kho:").forEach((key) => {
  const at = store((kept) => JSON.parse(kept.getItem(key)).at);
  if (!(Date.now() - at < WEEK)) store((kept) => kept.removeItem(key));
});

function revisionOf(field) {
  if (!field.form) return null;
  const about = field.name.split("-").slice(1).join("-");
  return field.form.elements[about ? `revision-${about}` : "revision"] || null;
}

document.addEventListener("input", (event) => {
  const field = event.target;
  if (!PREFIX || field.tagName !== "TEXTAREA" || !field.name || !field.form || field.name === "secret") return;
  const revision = revisionOf(field);
  // While a conflict stands open the newer revision is there but not in use: "0" makes the house ask again.
  const base = revision && (revision.disabled ? "0" : revision.value);
  const draft = { text: field.value, revision: base || "", at: Date.now() };
  store((kept) => kept.setItem(here() + field.name, JSON.stringify(draft)));
});

// What `root` holds has been saved, unless it was typed on meanwhile.
export function forgetSaved(root, sent) {
  const fields = root.tagName === "TEXTAREA" ? [root] : [...root.querySelectorAll("textarea[name]")];
  fields.forEach((field) => {
    const value = sent && sent.get ? sent.get(field.name) : field.value;
    if (value === field.value) store((kept) => kept.removeItem(here() + field.name));
  });
}

// A text that came back from elsewhere, to be shown in the field of that page when it is opened.
export function keepDraft(address, name, text, revision) {
  const path = new URL(address, window.location.href).pathname;
  store((kept) => kept.setItem(placed(path) + name, JSON.stringify({ text, revision: revision || "", at: Date.now() })));
}

// Puts kept texts back into the fields of `root`; answers the fields that got one.
export function putBack(root) {
  if (!PREFIX) return [];
  return keys(here()).map((key) => {
    const draft = JSON.parse(store((kept) => kept.getItem(key)) || "{}");
    const name = key.slice(here().length);
    const field = [...root.querySelectorAll("textarea[name]")].find((one) => one.name === name);
    if (!(Date.now() - draft.at < WEEK)) { forget(key); return null; }
    if (!field) return null;
    if (field.value === draft.text) { forget(key); return null; }
    field.value = draft.text;
    const revision = revisionOf(field);
    if (revision && draft.revision) revision.value = draft.revision;
    return field;
  }).filter(Boolean);
}

// A refusal is shown under the form's own address: until it is taken, both addresses wait to be forgotten.
let left = JSON.parse(window.sessionStorage.getItem(LEAVING) || "[]");
const [arrival] = performance.getEntriesByType("navigation");
if (left.length && arrival && arrival.type === "navigate") {
  const refused = document.querySelector(".error-summary, .notice-bad");
  if (arrival.redirectCount > 0) left.forEach(forget);
  if (arrival.redirectCount > 0 || !refused) {
    left = [];
    window.sessionStorage.removeItem(LEAVING);
  }
}

// A form that is sent whole: it was taken when the house answers by sending the browser on.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (event.target.action.endsWith("/sign-out")) forget(PREFIX);
  else window.sessionStorage.setItem(LEAVING, JSON.stringify([...new Set([...left, here()])]));
});
