// A button that acts on what is ticked says how many that is.

export function count(root) {
  for (const button of root.querySelectorAll("[data-counts]")) {
    const label = button.textContent.trim();
    const show = () => {
      const boxes = [...button.form.elements].filter((box) => box.type === "checkbox" && box.checked);
      const all = boxes.find((box) => box.name === "all"); // all of a list, on other pages too
      const ticked = all ? all.value : boxes.filter((box) => box.name === button.dataset.counts).length;
      button.textContent = `${label} (${ticked})`;
    };
    document.addEventListener("change", show);
    show();
  }
}
