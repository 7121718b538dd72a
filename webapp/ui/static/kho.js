// The only script of this program's own. Every page works without it; it makes uploads visible, keys quick, and moves
// the focus where something changed.
(function () {
  "use strict";

  const token = () => document.querySelector('meta[name="csrf-token"]').content;

  // Whether something was typed that no form has sent yet.
  let typed = false;

  function say(text) {
    document.getElementById("live").textContent = text;
  }

  // --- htmx: send the CSRF token, and move the focus after a swap -----------------------------------------------
  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = token();
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const region = event.detail.elt;
    if (!region || region.dataset.quiet !== undefined) return;
    const target = region.querySelector("[aria-invalid=true], [data-focus]") || (region.hasAttribute("tabindex") ? region : null);
    if (target && event.detail.requestConfig && event.detail.requestConfig.verb !== "get") target.focus();
    const item = region.matches("[data-appraise]") && region.querySelector("[data-number], fieldset input:checked, fieldset input");
    if (item) item.focus();
    keepOutcome(region);
    if (region.dataset.say) say(region.dataset.say);
    prepare(region);
  });
  document.addEventListener("htmx:responseError", (event) => {
    const text = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html").body.textContent.trim();
    say(text);
    const place = document.getElementById("main");
    const notice = document.createElement("div");
    notice.className = "notice notice-bad";
    notice.setAttribute("role", "alert");
    const words = document.createElement("p");
    words.textContent = text.replace(/\s+/g, " ").slice(0, 600);
    notice.append(words);
    place.prepend(notice);
  });
  document.addEventListener("htmx:sendError", () => say("Mất kết nối với máy chủ. Nội dung chưa được lưu."));

  // --- "/" goes to the search field --------------------------------------------------------------------------------
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

  // --- Ctrl+K: pages, units and documents by name --------------------------------------------------------------
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

  // --- uploads: a bar per file, cancel, retry ----------------------------------------------------------------------
  function size(bytes) {
    const units = ["B", "KB", "MB", "GB"];
    let value = bytes, step = 0;
    while (value >= 1000 && step < 3) { value /= 1024; step += 1; }
    return (step ? value.toFixed(1).replace(".", ",") : value) + " " + units[step];
  }

  // A criterion is drawn again after an upload: what was sent stays in view, and so does what was typed meanwhile.
  const outcomes = new Map();

  function keepOutcome(region) {
    const kept = outcomes.get(region.id);
    if (!kept || !region.querySelector("form[data-upload]")) return;
    outcomes.delete(region.id);
    region.querySelector(".uploads").replaceWith(kept.list);
    region.querySelector(".after-upload").replaceWith(kept.place);
    for (const old of kept.changed) {
      const part = [...region.querySelectorAll("input, textarea")].find((other) => other.name === old.name && other.type === old.type && (old.type !== "radio" || other.value === old.value));
      if (part && old.type === "radio") part.checked = true;
      else if (part) part.value = old.value;
    }
  }

  function changedParts(region) {
    return [...region.querySelectorAll("textarea, input[type=text], input[type=radio]")].filter((part) =>
      part.type === "radio" ? part.checked && !part.defaultChecked : part.value !== part.defaultValue);
  }

  function prepareUpload(form) {
    if (form.dataset.ready) return;
    form.dataset.ready = "1";
    const input = form.querySelector("input[type=file]");
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
      waiting.push(job);
      next();
    }

    function finish(job, text, ok, final) {
      job.outcome.textContent = text;
      job.line.className = ok ? "" : "soft";
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
      data.delete(input.name);
      data.append(input.name, job.file, job.file.name);
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
        if (job.cancelled) finish(job, "Đã hủy, tệp chưa được lưu.", false);
        else if (request.status === 201) {
          const answer = JSON.parse(request.responseText);
          form.dataset.receipt = answer.receipt;
          job.bar.value = 100;
          finish(job, answer.sentence, true);
        } else {
          let text = "Chưa gửi được: mất kết nối với máy chủ.";
          try { text = JSON.parse(request.responseText).sentence; } catch (error) {
            if (request.status) text = "Chưa lưu được (mã " + request.status + ").";
          }
          finish(job, text, false);
        }
        next();
      });
      request.send(data);
    }

    function showReceipt() {
      place.hidden = false;
      const link = place.querySelector("a");
      link.href = form.dataset.after || form.dataset.receipt;
      place.querySelector(".count").textContent = "Đã lưu " + stored + " tệp" + (failed ? ", " + failed + " tệp chưa lưu" : "") + ".";
      const region = document.querySelector(form.dataset.refresh || "#none");
      if (region && window.htmx) {
        outcomes.set(region.id, { list, place, changed: changedParts(region) });
        window.htmx.trigger(region, "refresh");
      }
    }

    form.querySelectorAll(".without-script").forEach((part) => { part.hidden = true; });
    input.addEventListener("change", () => { if (!missing()) { begin(); [...input.files].forEach(add); input.value = ""; } });
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
      const field = [...form.elements].find((part) => part !== input && part.willValidate && !part.checkValidity());
      if (!field) return false;
      field.focus();
      field.reportValidity();
      say("Hãy điền các mục bắt buộc trước khi chọn tệp.");
      return true;
    }
  }

  // --- parts that save themselves: what was just typed is saved before the page is left or anything is sent ----------------
  const unsaved = new Set();
  const part = (element) => element && element.closest && element.closest("[data-saves]");
  ["input", "change"].forEach((name) => document.addEventListener(name, (event) => {
    if (part(event.target)) unsaved.add(part(event.target));
  }, true));
  document.addEventListener("htmx:afterRequest", (event) => {
    const saved = part(event.detail.elt);
    if (saved && event.detail.successful && !saved.classList.contains("htmx-request")) unsaved.delete(saved);
    if (!unsaved.size) typed = false;
  });

  function saveFirst(then) {
    const waiting = [...unsaved].filter((one) => one.isConnected);
    let left = waiting.length;
    const failed = new Set();
    if (!left) { unsaved.clear(); then(); return; }
    waiting.forEach((one) => {
      const done = (event) => {
        if (event.detail.successful) failed.delete(one); else failed.add(one);
        // A save that was already under way may be followed by one that waits for it.
        setTimeout(() => {
          if (one.classList.contains("htmx-request")) return;
          one.removeEventListener("htmx:afterRequest", done);
          left -= 1;
          if (left) return;
          if (failed.size) {
            // What is refused says so at its place; who wants to leave all the same is asked by the browser next time.
            say("Có mục chưa lưu được; hãy xem lại rồi tiếp tục.");
            unsaved.clear();
            typed = true;
            return;
          }
          unsaved.clear();
          then();
        }, 20);
      };
      one.addEventListener("htmx:afterRequest", done);
      window.htmx.trigger(one, "save");
    });
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || !unsaved.size || !window.htmx || event.ctrlKey || event.metaKey || link.target) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    saveFirst(() => link.click());
  }, true);
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!unsaved.size || !window.htmx || form.dataset.saves !== undefined || form.dataset.keep !== undefined) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    saveFirst(() => form.requestSubmit(event.submitter));
  }, true);

  // --- appraising by keyboard: Alt with arrows, digits and G, Ctrl+S; a grid by arrows and Enter ---------------------------
  document.addEventListener("keydown", (event) => {
    const place = document.querySelector("[data-appraise]");
    if (!place) return;
    const form = place.querySelector("form");
    if (event.ctrlKey && !event.altKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      if (form && window.htmx) window.htmx.trigger(form, "save");
      return;
    }
    if (!event.altKey || event.ctrlKey || event.metaKey) return;
    const link = { ArrowDown: "[data-next]", ArrowUp: "[data-prev]" }[event.key];
    const choice = /^[0-2]$/.test(event.key) && place.querySelector(`[data-digit="${event.key}"]`);
    const target = link ? place.querySelector(link) : null;
    if (target) target.click();
    else if (choice) { choice.checked = true; choice.focus(); choice.dispatchEvent(new Event("change", { bubbles: true })); }
    else if (event.key.toLowerCase() === "c" && place.querySelector("[data-own]")) place.querySelector("[data-own]").click();
    else if (event.key.toLowerCase() === "g" && place.querySelector("[data-reason]")) place.querySelector("[data-reason]").focus();
    else return;
    event.preventDefault();
  });
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

  // --- leave a page with typed text: ask first -----------------------------------------------------------------------
  document.addEventListener("input", (event) => {
    if (event.target.form && event.target.form.dataset.keep !== undefined) typed = true;
  });
  document.addEventListener("submit", () => { typed = false; });
  window.addEventListener("beforeunload", (event) => { if (typed) event.preventDefault(); });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
    if (event.target.closest("[data-copy]")) {
      navigator.clipboard.writeText(event.target.closest("[data-copy]").dataset.copy).then(() => say("Đã chép."));
    }
    const open = document.querySelector("details.account[open]");
    if (open && !open.contains(event.target)) open.open = false;
  });

  function prepare(root) {
    root.querySelectorAll("form[data-upload]").forEach(prepareUpload);
    root.querySelectorAll("[data-needs-script]").forEach((part) => { part.hidden = false; });
    root.querySelectorAll("select[data-submit]").forEach((part) => {
      if (part.dataset.ready) return;
      part.dataset.ready = "1";
      part.addEventListener("change", () => part.form.requestSubmit());
    });
  }

  prepare(document);
  const summary = document.querySelector(".error-summary");
  if (summary) summary.focus();
})();
