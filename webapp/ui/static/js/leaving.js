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
