// Every page of somebody signed in: Ctrl+K opens pages, units and documents by name.

const palette = document.querySelector("[data-palette]");
if (palette) {
  const field = palette.querySelector("input");
  const links = () => [...palette.querySelectorAll(".palette-list a")];
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    if (palette.open) { palette.close(); return; }
    palette.showModal();
    field.select();
    field.dispatchEvent(new Event("palette-open"));
  });
  palette.addEventListener("keydown", (event) => {
    const all = links();
    const here = all.indexOf(document.activeElement);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const next = here + (event.key === "ArrowDown" ? 1 : -1);
      (next < 0 ? field : all[Math.min(next, all.length - 1)] || field).focus();
    } else if (event.key === "Enter" && document.activeElement === field && all.length) {
      event.preventDefault();
      window.location.assign(all[0].href);
    }
  });
  palette.addEventListener("click", (event) => { if (event.target === palette) palette.close(); });
}
