// A signature drawn with a finger, a pen or the mouse: strokes as whole numbers within the box of the page's SVG.

const STEP = 3;
const INK = { fill: "none", stroke: "currentColor", "stroke-width": 3, "stroke-linecap": "round" };

export function sign(root) {
  root.querySelectorAll("svg[data-signature]").forEach((box) => {
    if (box.dataset.ready) return;
    box.dataset.ready = "1";
    const field = box.parentElement.querySelector("input[name=drawing]");
    const state = box.parentElement.querySelector("[data-signature-state]");
    const [, , width, height] = box.getAttribute("viewBox").split(" ").map(Number);
    let strokes = [], stroke = null, path = null;

    const place = (event) => {
      const frame = box.getBoundingClientRect();
      const within = (value, most) => Math.max(0, Math.min(most, Math.round(value)));
      return [within(((event.clientX - frame.left) / frame.width) * width, width),
        within(((event.clientY - frame.top) / frame.height) * height, height)];
    };
    const keep = () => {
      field.value = strokes.length ? JSON.stringify(strokes) : "";
      state.textContent = strokes.length ? "Đã có chữ ký." : "";
    };
    const draw = () => {
      path.setAttribute("d", stroke.reduce((d, one, n) => d + (n % 2 ? ` ${one}` : `${n ? " L" : "M"}${one}`), ""));
    };
    box.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      box.setPointerCapture(event.pointerId);
      stroke = place(event);
      path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      for (const [name, value] of Object.entries(INK)) path.setAttribute(name, value);
      box.append(path);
    });
    box.addEventListener("pointermove", (event) => {
      if (!stroke) return;
      const [x, y] = place(event);
      if (Math.hypot(x - stroke.at(-2), y - stroke.at(-1)) < STEP) return;
      stroke.push(x, y);
      draw();
    });
    const end = () => {
      if (!stroke) return;
      if (stroke.length >= 4) strokes.push(stroke); else path.remove();
      stroke = null;
      keep();
    };
    box.addEventListener("pointerup", end);
    box.addEventListener("pointercancel", end);
    box.parentElement.querySelector("[data-signature-clear]").addEventListener("click", () => {
      strokes = [];
      box.replaceChildren();
      keep();
    });
  });
}
