// The pages of a new document and of a checklist, which take files: a bar per file, cancel, retry.

import { say, token } from "./page.js";
import { renewToken, signInAgain } from "./session.js";

// As in archive/naming.py, where the server decides: what systems leave beside people's files.
const LITTER =
  /^(?:(?:eh)?thumbs\.db|desktop\.ini|\.DS_Store|~\$.*|\._.*|\.~lock\..*|.*\.(?:part|partial|tmp|crdownload|filepart))$/i;

function size(bytes) {
  const units = ["B", "KB", "MB", "GB"];
  let value = bytes, step = 0;
  while (value >= 1000 && step < 3) { value /= 1024; step += 1; }
  return (step ? value.toFixed(1).replace(".", ",") : value) + " " + units[step];
}

// A criterion is drawn again after an upload: what was sent stays in view, and so does what was typed meanwhile.
const outcomes = new Map();

export function keepOutcome(region) {
  const kept = outcomes.get(region.id);
  if (!kept || !region.querySelector("form[data-upload]")) return;
  outcomes.delete(region.id);
  region.querySelector(".uploads").replaceWith(kept.list);
  region.querySelector(".after-upload").replaceWith(kept.place);
  for (const fold of region.querySelectorAll("details")) {
    const title = titleOf(fold);
    if (kept.folds.has(title)) fold.open = kept.folds.get(title);
  }
  const field = kept.focus && document.getElementById(kept.focus);
  if (field) field.focus({ preventScroll: true });
  // The browser holds on to what stands below; whoever sent a file looks at the file.
  const back = () => window.scrollBy(0, kept.list.getBoundingClientRect().top - kept.top);
  back();
  requestAnimationFrame(() => { back(); kept.place.scrollIntoView({ block: "nearest" }); });
  for (const old of changedParts(kept.region)) {
    const same = (other) =>
      other.name === old.name && other.type === old.type && (old.type !== "radio" || other.value === old.value);
    const part = [...region.querySelectorAll("input, textarea")].find(same);
    if (!part) continue;
    // It was saved while the file was on its way.
    if (old.type === "radio" ? part.defaultChecked : part.defaultValue === old.value) continue;
    // Somebody else changed it meanwhile: what was typed stays on the revision it was typed over, so that it is asked about.
    const asked = old.type === "radio" ? !part.defaultChecked : part.defaultValue !== old.defaultValue;
    const [before, now] = [old, part].map((one) => one.form && one.form.elements.revision);
    if (asked && before && now) now.value = before.value;
    if (old.type === "radio") part.checked = true; else part.value = old.value;
    part.dispatchEvent(new Event("input", { bubbles: true })); // still to be saved
  }
}

const titleOf = (fold) => fold.querySelector("summary").textContent.trim();

function changedParts(region) {
  return [...region.querySelectorAll("textarea, input[type=text], input[type=radio]")].filter((part) =>
    part.type === "radio" ? part.checked && !part.defaultChecked : part.value !== part.defaultValue);
}

export function prepareUpload(form) {
  if (form.dataset.ready) return;
  form.dataset.ready = "1";
  const inputs = [...form.querySelectorAll("input[type=file]")]; // files, and the camera of a telephone
  const zone = form.querySelector(".drop");
  const list = form.querySelector(".uploads");
  const place = form.querySelector(".after-upload");
  const limit = Number(form.dataset.limit);
  const waiting = [];
  let running = 0, sent = 0, stored = 0, failed = 0;

  function element(tag, text, className) {
    const made = document.createElement(tag);
    if (text) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function add(file) {
    if (LITTER.test(file.name)) {
      say(file.name + ": tệp do máy tự tạo hoặc chưa chép xong, đã bỏ qua.");
      return;
    }
    const line = element("li");
    const bar = element("progress");
    bar.max = 100; bar.value = 0;
    bar.setAttribute("aria-label", "Đang gửi " + file.name);
    const button = element("button", "Hủy", "link");
    button.type = "button";
    const outcome = element("p", "Đang chờ…", "outcome");
    line.append(element("span", file.name + " · " + size(file.size)), bar, button, outcome);
    list.append(line);
    const job = { file, line, bar, button, outcome, request: null, done: false };
    button.addEventListener("click", () => {
      if (job.done) return;
      if (job.failed) { job.failed = false; failed -= 1; queue(job); return; }
      job.cancelled = true;
      if (job.request) job.request.abort(); else finish(job, "Đã hủy, tệp chưa được lưu.", false);
    });
    if (limit && file.size > limit) {
      finish(job, "Tệp lớn hơn " + size(limit) + " nên không gửi. Hãy chia nhỏ tệp.", false, true);
      return;
    }
    if (!file.size) {
      finish(job, "Tệp trống (0 byte) nên không gửi.", false, true);
      return;
    }
    queue(job);
  }

  function queue(job) {
    job.cancelled = false;
    job.outcome.textContent = "Đang chờ…";
    job.button.textContent = "Hủy";
    job.bar.hidden = false;
    job.line.className = "";
    waiting.push(job);
    next();
  }

  function finish(job, text, ok, final) {
    job.outcome.textContent = text;
    job.line.className = ok ? "" : "refused";
    job.bar.hidden = !ok;
    if (ok) { job.done = true; stored += 1; job.button.hidden = true; } else {
      failed += 1; job.failed = true;
      job.button.textContent = "Thử lại";
      if (final) { job.button.hidden = true; job.done = true; }
    }
    say(job.file.name + ": " + text);
  }

  function next() {
    while (running < 2 && waiting.length) {
      const job = waiting.shift();
      if (!job.cancelled) send(job);
    }
    if (!running && !waiting.length && stored) showReceipt();
  }

  function send(job) {
    running += 1; sent += 1;
    const data = new FormData(form);
    data.delete(inputs[0].name);
    data.append(inputs[0].name, job.file, job.file.name);
    const request = new XMLHttpRequest();
    job.request = request;
    request.open("POST", form.action);
    request.setRequestHeader("X-CSRFToken", token());
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      job.bar.value = 100 * event.loaded / event.total;
      job.outcome.textContent = job.bar.value < 100 ? "Đang gửi…" : "Đã gửi, đang cất vào kho…";
    });
    request.addEventListener("loadend", () => {
      running -= 1; job.request = null;
      const lost = () => { finish(job, "Chưa gửi được: mất kết nối với máy chủ.", false); next(); };
      if (job.cancelled) finish(job, "Đã hủy, tệp chưa được lưu.", false);
      else if (request.status === 401) {
        job.outcome.textContent = "Chưa lưu: phiên làm việc đã hết. Đăng nhập lại là gửi tiếp.";
        signInAgain().then(() => { if (!job.failed) queue(job); }, lost);
        return;
      } else if (request.status === 400 && !job.renewed) {
        job.renewed = true;
        renewToken().then(() => { if (!job.failed) queue(job); }, lost);
        return;
      } else if (request.status === 201) {
        const answer = JSON.parse(request.responseText);
        form.dataset.receipt = answer.receipt;
        job.bar.value = 100;
        finish(job, answer.sentence, true);
      } else {
        let text = "Chưa gửi được: mất kết nối với máy chủ.";
        try { text = JSON.parse(request.responseText).sentence; } catch (error) {
          if (request.status) text = "Chưa lưu được (mã " + request.status + ").";
        }
        // What is refused for what it is will be refused again; only what failed on the way is worth another try.
        finish(job, text, false, [403, 404, 413, 415, 422].includes(request.status));
      }
      next();
    });
    request.send(data);
  }

  function showReceipt() {
    place.hidden = false;
    const link = place.querySelector("a");
    link.href = form.dataset.after || form.dataset.receipt;
    const lost = failed ? ", " + failed + " tệp chưa lưu" : "";
    place.querySelector(".count").textContent = "Đã lưu " + stored + " tệp" + lost + ".";
    const region = document.querySelector(form.dataset.refresh || "#none");
    if (region && window.htmx) {
      const folds = new Map([...region.querySelectorAll("details")].map((fold) => [titleOf(fold), fold.open]));
      const focus = region.contains(document.activeElement) ? document.activeElement.id : "";
      outcomes.set(region.id, { list, place, region, folds, focus, top: list.getBoundingClientRect().top });
      window.htmx.trigger(region, "refresh");
    }
  }

  form.querySelectorAll(".without-script").forEach((part) => { part.hidden = true; });
  for (const input of inputs) {
    input.addEventListener("change", () => { if (!missing()) { begin(); [...input.files].forEach(add); input.value = ""; } });
  }
  form.addEventListener("submit", (event) => { event.preventDefault(); });
  zone.addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    if (!missing()) { begin(); [...event.dataTransfer.files].forEach(add); }
  });

  // Lines of an earlier round that are done leave; those that can be tried again stay.
  function begin() {
    if (!sent) [...list.children].forEach((line) => { if (line.querySelector("button").hidden) line.remove(); });
  }

  function missing() {
    const field = [...form.elements].find((part) => !inputs.includes(part) && part.willValidate && !part.checkValidity());
    if (!field) return false;
    field.focus();
    field.reportValidity();
    say("Hãy điền các mục bắt buộc trước khi chọn tệp.");
    return true;
  }
}
