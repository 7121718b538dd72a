// The grid of scores: arrows and Enter go from row to row.

document.addEventListener("keydown", (event) => {
  const cell = event.target.closest && event.target.closest("[data-grid] td");
  const step = { ArrowDown: [1, 0], Enter: [1, 0], ArrowUp: [-1, 0] }[event.key];
  if (!cell || !step) return;
  event.preventDefault();
  let row = cell.parentElement;
  do row = step[0] > 0 ? row.nextElementSibling : row.previousElementSibling;
  while (row && !row.querySelector("input"));
  const next = row && row.children[cell.cellIndex] && row.children[cell.cellIndex].querySelector("input");
  if (next) { next.focus(); next.select(); } else event.target.blur();
});
