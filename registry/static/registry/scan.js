/* What a scan field gains from JavaScript: a new scan replaces what stands in it. */
"use strict";

document.addEventListener("focusin", (event) => {
  if (event.target.matches?.("[data-scan]")) event.target.select();
});
document.addEventListener("htmx:afterSettle", () => {
  const field = document.querySelector("[data-scan]");
  if (field) {
    field.focus();
    field.select();
  }
});
