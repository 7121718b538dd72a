// The page where a sheet is appraised, by keyboard: Alt with arrows, digits, C and G; Ctrl+S.

// A criterion of a checklist goes on by the same arrows.

document.addEventListener("keydown", (event) => {
  const place = document.querySelector("[data-appraise], [data-steps]");
  if (!place) return;
  const form = place.querySelector("form[data-saves], form");
  if (event.ctrlKey && !event.altKey && event.key.toLowerCase() === "s") {
    event.preventDefault();
    if (form && window.htmx) window.htmx.trigger(form, "save");
    return;
  }
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  const link = { ArrowDown: "[data-next]", ArrowUp: "[data-prev]" }[event.key];
  const choice = /^[0-2]$/.test(event.key) && place.querySelector(`[data-digit="${event.key}"]`);
  const target = link ? place.querySelector(link) : null;
  if (target) target.click();
  else if (choice) { choice.checked = true; choice.focus(); choice.dispatchEvent(new Event("change", { bubbles: true })); }
  else if (event.key.toLowerCase() === "c" && place.querySelector("[data-own]")) place.querySelector("[data-own]").click();
  else if (event.key.toLowerCase() === "g" && place.querySelector("[data-reason]")) place.querySelector("[data-reason]").focus();
  else return;
  event.preventDefault();
});
