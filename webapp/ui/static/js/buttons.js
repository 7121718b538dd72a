// Every page: the button that prints; the account menu closes by a click beside it.

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
  const open = document.querySelector("details.account[open]");
  if (open && !open.contains(event.target)) open.open = false;
});
