// Pages with a form that keeps what was typed (data-keep): leaving asks first.

// Whether something was typed that no form has sent yet.
let typed = false;

export function askBeforeLeaving(yes) {
  typed = yes;
}

document.addEventListener("input", (event) => {
  if (event.target.form && event.target.form.dataset.keep !== undefined) typed = true;
});
document.addEventListener("submit", () => { typed = false; });
window.addEventListener("beforeunload", (event) => { if (typed) event.preventDefault(); });
// A part of the page that is replaced by a link takes what is typed in it along.
document.addEventListener("htmx:confirm", (event) => {
  if (!typed || event.detail.elt.tagName !== "A") return;
  event.preventDefault();
  if (window.confirm("Nội dung đang gõ chưa được lưu. Vẫn sang trang khác?")) {
    typed = false;
    event.detail.issueRequest(true);
  }
});
