// What other modules need of any page: its CSRF token, and the line that screen readers hear.

export const token = () => document.querySelector('meta[name="csrf-token"]').content;

export function say(text) {
  document.getElementById("live").textContent = text;
}
