// A form that a page only passes on (opened again after signing in) is sent as soon as the page is there.

const form = document.querySelector("form[data-send-now]");
if (form) form.submit();
