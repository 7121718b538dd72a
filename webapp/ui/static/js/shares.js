// Shares of authors add up while they are typed: how much that is, and what is too much.

const read = (text) => Number(text.replace(",", ".").replace("%", "").trim());
const shown = (number) => String(Math.round(number * 100) / 100).replace(".", ",");

export function addUp(root) {
  for (const place of root.querySelectorAll("[data-adds-up]")) {
    const fields = () => [...place.closest("form").elements]
      .filter((field) => field.name.startsWith(place.dataset.addsUp) && field.value.trim());
    const show = () => {
      const sum = Math.round(100 * fields().reduce((total, field) => total + read(field.value), 0)) / 100;
      const rest = sum > 100 ? ", vượt quá 100%." : sum < 100 ? `, còn thiếu ${shown(100 - sum)}%.` : ", đủ.";
      place.textContent = !fields().length || Number.isNaN(sum) ? "" : `Tổng tỷ lệ: ${shown(sum)}%${rest}`;
    };
    place.closest("form").addEventListener("input", show);
    show();
  }
}
