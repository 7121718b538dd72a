// A button that acts on what is ticked says how many that is.

export function count(root) {
  for (const button of root.querySelectorAll("[data-counts]")) {
    const label = button.textContent.trim();
    const boxes = () => button.form.querySelectorAll(`[name="${button.dataset.counts}"]`);
    const show = () => {
      const all = button.form.querySelector("[name=all]:checked"); // all of a list, on other pages too
      const ticked = all && all.type === "checkbox" ? all.value : [...boxes()].filter((box) => box.checked).length;
      button.textContent = `${label} (${ticked})`;
    };
    button.form.addEventListener("change", show);
    show();
  }
}
