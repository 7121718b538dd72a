// A long list of choices is searched by typing, with or without accents. Without script it is the plain list it was.

import { say } from "./page.js";

const LONG = 12;
const SHOWN = 8;
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
const matcher = (typed) => {
  const words = fold(typed).split(/\s+/).filter(Boolean);
  return (text) => { const found = fold(text); return words.every((word) => found.includes(word)); };
};

function finder(id, what) {
  const field = document.createElement("input");
  Object.assign(field, { type: "search", id, autocomplete: "off", placeholder: "Gõ để tìm", className: "find-choice" });
  field.setAttribute("aria-label", "Gõ để tìm trong danh sách");
  if (what) {
    what.id ||= `${id}-of`;
    field.setAttribute("aria-describedby", what.id);
  }
  return field;
}

function searchSelect(select) {
  const field = finder(`${select.id}-find`, document.querySelector(`label[for="${select.id}"]`));
  field.setAttribute("aria-controls", select.id);
  const parents = new Map();
  for (const option of select.options) parents.set(option.parentElement, [...(parents.get(option.parentElement) || []), option]);
  const groups = [...select.children];
  const narrow = (typed) => {
    const fits = matcher(typed);
    const kept = new Set(groups);
    let matches = 0;
    parents.forEach((options, parent) => {
      const found = options.filter((option) => option.value && fits(option.text));
      matches += found.length;
      const left = typed ? options.filter((option) => option.selected || found.includes(option)) : options;
      if (parent === select) options.filter((option) => !left.includes(option)).forEach((option) => kept.delete(option));
      else { parent.replaceChildren(...left); if (!left.length) kept.delete(parent); }
    });
    const chosen = select.value;
    select.replaceChildren(...kept);
    select.value = chosen;
    select.size = typed ? Math.min(Math.max(select.options.length, 2), SHOWN) : 0;
    return matches;
  };
  const fits = () => { const matches = matcher(field.value); return [...select.options].filter((one) => one.value && matches(one.text)); };
  const close = () => { field.value = ""; narrow(""); };
  const take = (option) => {
    select.value = option.value;
    close();
    select.dispatchEvent(new Event("input", { bubbles: true }));
    select.dispatchEvent(new Event("change", { bubbles: true }));
    say(`Đã chọn ${option.text}`);
  };
  field.addEventListener("input", (event) => {
    event.stopPropagation(); // what is typed here is not part of the form
    const matches = narrow(field.value);
    say(field.value ? `${matches} lựa chọn khớp` : "");
  });
  field.addEventListener("change", (event) => event.stopPropagation());
  field.addEventListener("keydown", (event) => {
    if (!field.value) return;
    if (event.key === "Enter") {
      event.preventDefault();
      const [first] = fits();
      if (first) { take(first); select.focus(); }
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      const [first] = fits();
      if (first) select.value = first.value;
      select.focus();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      close();
    }
  });
  select.addEventListener("keydown", (event) => {
    if (!select.size || !["Enter", "Escape"].includes(event.key)) return;
    event.preventDefault();
    close();
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
  select.addEventListener("click", () => { if (select.size) close(); });
  select.addEventListener("blur", (event) => { if (select.size && event.relatedTarget !== field) close(); });
  select.before(field);
}

function searchBoxes(fieldset, boxes) {
  const field = finder(`${boxes[0].querySelector("input").name}-find`, fieldset.querySelector("legend"));
  for (const name of ["input", "change"]) field.addEventListener(name, (event) => event.stopPropagation());
  field.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  field.addEventListener("input", () => {
    const fits = matcher(field.value);
    boxes.forEach((box) => { box.hidden = !(box.querySelector("input").checked || fits(box.textContent)); });
    say(`${boxes.filter((box) => !box.hidden).length} lựa chọn`);
  });
  boxes[0].before(field);
}

export function pick(root) {
  for (const select of root.querySelectorAll("select[id]:not(.in-table, [multiple])")) {
    if (select.options.length > LONG && !document.getElementById(`${select.id}-find`)) searchSelect(select);
  }
  for (const fieldset of root.querySelectorAll("fieldset")) {
    const boxes = [...fieldset.querySelectorAll(":scope > .choice")];
    if (boxes.length > LONG && boxes.every((box) => box.querySelector("input")) && !fieldset.querySelector(".find-choice")) {
      searchBoxes(fieldset, boxes);
    }
  }
}
