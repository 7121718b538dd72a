// A session that ends while somebody works: they sign in over the page, and go on where they were.

import { say } from "./page.js";

const SIGN_IN = "/sign-in";
const meta = (name, from = document) => from.querySelector(`meta[name="${name}"]`);
const parsed = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");

function adopt(page) {
  const token = meta("csrf-token", page).content;
  meta("csrf-token").content = token;
  document.querySelectorAll("input[name=csrf_token]").forEach((field) => { field.value = token; });
}
const same = (page) => meta("person", page) && meta("person") && meta("person", page).content === meta("person").content;

// The form's token is of an earlier session: whether a new one was had.
export async function renewToken() {
  const page = await parsed(await fetch(window.location.href));
  if (same(page)) adopt(page);
  return same(page);
}

let asking = null;
export function signInAgain() {
  asking = asking || ask().finally(() => { asking = null; });
  return asking;
}

async function ask() {
  let page = await parsed(await fetch(SIGN_IN));
  if (same(page)) { adopt(page); return; } // signed in again in another window
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "sign-in-again");
  document.body.append(dialog);
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  await new Promise((resolve) => {
    function show(from) {
      const title = document.createElement("h2");
      title.id = "sign-in-again";
      title.textContent = "Phiên làm việc đã hết";
      const words = document.createElement("p");
      words.textContent = "Nội dung đang làm vẫn còn trên trang này. Đăng nhập lại để làm tiếp.";
      const form = from.querySelector("main form");
      form.dataset.keep = ""; // not to be held up by what waits to be saved
      dialog.replaceChildren(title, words, ...from.querySelectorAll(".error-summary"), form);
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        event.stopPropagation();
        page = await parsed(await fetch(SIGN_IN, { method: "POST", body: new URLSearchParams(new FormData(form)) }));
        if (!meta("person", page)) { show(page); return; }
        if (!same(page)) { window.location.assign("/"); return; } // somebody else: their own pages
        adopt(page);
        resolve();
      });
      dialog.querySelector("input[name=username]").focus();
    }
    show(page);
    dialog.showModal();
  });
  dialog.close();
  dialog.remove();
  say("Đã đăng nhập lại. Bạn làm tiếp được.");
}
