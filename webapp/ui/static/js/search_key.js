// Every page with a search field: "/" goes to it.

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) return;
  const field = document.querySelector("[data-search-key]");
  if (field) {
    event.preventDefault();
    field.focus();
    field.select();
  }
});
