/* One key for each result of a call: 1 to 9, outside fields. Enter in a field sends nothing. The buttons work without it. */
"use strict";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Enter" && event.target.matches("input") && event.target.form?.querySelector("button[data-key]")) {
    event.preventDefault();
    return;
  }
  if (event.target.closest("input:not([type=radio], [type=checkbox]), select, textarea, dialog[open]")) return;
  const button = document.querySelector(`button[data-key="${CSS.escape(event.key)}"]`);
  if (button) {
    event.preventDefault();
    button.click();
  }
});
