// Every choice of files: the browser's own words, in its own language, give way to a button and the names of what was
// chosen. The field itself lies over the button, unseen, and takes clicks, keys and dropped files as ever.

const NONE = "Chưa chọn tệp";

function made(tag, className, text) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

export function dress(input) {
  if (input.closest(".file")) return;
  const frame = made("span", "file", "");
  const button = made("span", "button button-plain", input.capture ? "Chụp ảnh" : input.multiple ? "Chọn các tệp" : "Chọn tệp");
  button.setAttribute("aria-hidden", "true");
  const chosen = made("span", "soft", NONE);
  input.replaceWith(frame);
  frame.append(input, button, chosen);
  input.addEventListener("change", () => {
    chosen.textContent = [...input.files].map((file) => file.name).join(", ") || NONE;
  });
}
