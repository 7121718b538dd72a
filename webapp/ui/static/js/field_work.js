// Findings of inspectors, written where there may be no network. The form goes as ever while the house answers. When it
// does not, the form waits on the device, photographs and all, the page says so, and it is sent once the house answers
// again, with the key it was given when it was written: arriving twice, it is there once.

import { forgetSaved, keepDraft } from "./drafts.js";
import { say, token } from "./page.js";
import { prepare } from "./prepare.js";
import { renewToken, signInAgain } from "./session.js";
import { drop, keep, waiting } from "./waiting_forms.js";

const RETRY = 5000;
const LATER = new Set([0, 429, 502, 503, 504, 507]);
// The house sends a form that it took on to the list of findings; to anywhere else (sign in, a new password) it sends one
// that it did not take.
const taken = (answer, after) => answer.redirected && new URL(answer.url).pathname === new URL(after, window.location.href).pathname;
const elsewhere = (answer, after) => answer.redirected && !taken(answer, after);

async function send(address, fields) {
  const body = new FormData();
  fields.forEach(([name, value]) => body.append(name, value));
  body.set("csrf_token", token());
  try {
    // Asked for as scripts ask, an ended session is answered by 401 and not by the page that asks for a name.
    return await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
  } catch (error) {
    return { status: 0, type: "error" };
  }
}

// What an answer says, as a page or as a refusal for scripts: {page, words}.
async function read(answer) {
  const text = await answer.text();
  if ((answer.headers.get("Content-Type") || "").startsWith("application/json")) return { words: JSON.parse(text).sentence };
  const page = new DOMParser().parseFromString(text, "text/html");
  const words = page.querySelector(".error-summary, main .notice-bad, main p");
  return { page, words: words ? words.textContent.replace(/\s+/g, " ").trim() : "" };
}
const saidBy = async (answer) => (await read(answer)).words || "Máy chủ không nhận ghi nhận này.";

function element(tag, text, className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

export function fieldWork(root) {
  root.querySelectorAll("form[data-field-work]").forEach((form) => {
    if (form.dataset.ready || !window.indexedDB) return;
    form.dataset.ready = "1";
    form.addEventListener("submit", (event) => { event.preventDefault(); whole(form, event.submitter); });
  });
  root.querySelectorAll("[data-field-waiting]").forEach((place) => {
    if (place.dataset.ready || !window.indexedDB) return;
    place.dataset.ready = "1";
    new Waiting(place);
  });
}

// A form sent whole. What the house answers is shown as if the browser had sent it.
async function whole(form, button) {
  if (button) button.disabled = true;
  const fields = [...new FormData(form)].filter(([name, value]) =>
    name !== "csrf_token" && !(value instanceof File && !value.name));
  const address = form.action || window.location.href;
  const answer = await send(address, fields);
  if (button) button.disabled = false;
  const after = form.dataset.after;
  if (taken(answer, after)) { settled(form); window.location.assign(form.dataset.after); return; }
  if (elsewhere(answer, after) || LATER.has(answer.status) || answer.status === 401 || answer.status === 400) {
    await keepForm(form, address, fields);
    return;
  }
  const { page, words } = await read(answer);
  const main = page && page.querySelector("main");
  // Not an answer to this form: what was typed and chosen stays on the device, and the list says why.
  if (!main || !main.querySelector("form[data-field-work]")) {
    say(words || "Máy chủ không nhận ghi nhận này; nội dung vẫn còn trên máy.");
    await keepForm(form, address, fields);
    return;
  }
  document.querySelector("main").replaceWith(main);
  prepare(main);
  const summary = main.querySelector(".error-summary, [data-focus]");
  if (summary) summary.focus();
}

// Nothing of it is still to be asked about when the page is left.
function settled(form) {
  forgetSaved(form);
  form.reset();
}

async function keepForm(form, address, fields) {
  const text = form.elements.text.value;
  const key = form.elements.client_key ? form.elements.client_key.value : `${address}#${Date.now()}`;
  try {
    const after = form.dataset.after;
    await keep({ key, group: form.dataset.fieldWork, address, after, fields, text, at: Date.now() });
  } catch (error) {
    say("Máy này không còn chỗ để giữ ghi nhận; đừng rời trang.");
    document.querySelector("[data-field-waiting]").textContent = "Máy này không còn chỗ để giữ ghi nhận; đừng rời trang.";
    return;
  }
  settled(form);
  if (form.elements.client_key) form.elements.client_key.value = crypto.randomUUID ? crypto.randomUUID() : freshKey();
  form.querySelectorAll("input[type=file]").forEach((field) => field.dispatchEvent(new Event("change")));
  document.dispatchEvent(new CustomEvent("kho:waiting"));
}

const freshKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");

// The list of what waits on this device for one visit, and the turns of sending it.
class Waiting {
  constructor(place) {
    this.place = place;
    this.group = place.dataset.fieldWaiting;
    this.faults = new Map();
    document.addEventListener("kho:waiting", () => this.turn());
    window.addEventListener("online", () => this.turn());
    this.turn();
  }

  async turn() {
    if (this.busy || !this.place.isConnected) return;
    this.busy = true;
    clearTimeout(this.timer);
    let sent = 0;
    try {
      for (const one of await waiting(this.group)) {
        if (this.faults.has(one.key)) continue;
        let answer = await send(one.address, one.fields);
        if (answer.status === 401) answer = await signInAgain().then(() => send(one.address, one.fields), () => answer);
        if (answer.status === 400 && await renewToken().catch(() => false)) answer = await send(one.address, one.fields);
        if (taken(answer, one.after)) { await drop(one.key); sent += 1; continue; }
        if (elsewhere(answer, one.after) || LATER.has(answer.status) || answer.status === 401) break;
        this.faults.set(one.key, await saidBy(answer));
      }
    } finally {
      this.busy = false;
      await this.show(sent);
    }
  }

  async show(sent) {
    const left = await waiting(this.group);
    this.place.hidden = left.length === 0 && !sent;
    this.place.replaceChildren();
    if (sent) {
      this.place.append(element("p", `Đã gửi ${sent} ghi nhận giữ trên máy.`, "strong"));
      say(`Đã gửi ${sent} ghi nhận giữ trên máy.`);
    }
    if (!left.length) return;
    const still = left.filter((one) => !this.faults.has(one.key)).length;
    if (still) {
      const words = `${still} ghi nhận đang giữ trên máy này, chưa gửi được. Trang tự gửi khi có mạng; bạn cứ ghi tiếp.`;
      this.place.append(element("p", words, "strong"));
      say(words);
    }
    const list = document.createElement("ul");
    left.forEach((one) => list.append(this.line(one)));
    this.place.append(list);
    this.timer = setTimeout(() => this.turn(), RETRY);
  }

  line(one) {
    const item = document.createElement("li");
    const files = one.fields.filter(([, value]) => value instanceof File).length;
    item.append(element("span", one.text + (files ? ` (${files} ảnh, tệp)` : ""), "prewrap"));
    const fault = this.faults.get(one.key);
    if (!fault) return item;
    item.append(element("p", `Chưa nhận được: ${fault}`, "field-error"));
    const edit = element("a", "Mở để xem cả hai nội dung");
    edit.href = one.address;
    const [, revision] = one.fields.find(([name]) => name === "revision") || [];
    edit.addEventListener("click", () => keepDraft(one.address, "text", one.text, revision));
    const again = element("button", "Gửi lại", "button-plain");
    again.type = "button";
    again.addEventListener("click", () => { this.faults.delete(one.key); this.turn(); });
    const away = element("button", "Bỏ ghi nhận này", "button-plain");
    away.type = "button";
    away.addEventListener("click", async () => { await drop(one.key); this.faults.delete(one.key); this.show(0); });
    item.append(edit, again, away);
    return item;
  }
}
