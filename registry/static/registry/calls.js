/* One key for each result of a call: 1 to 9, s to skip, u to take back; Esc leaves a field. The buttons work without it. */
"use strict";

(() => {
  const begun = performance.now();
  const typing = (element) => element.closest("input:not([type=radio], [type=checkbox]), select, textarea, dialog[open]");

  // "Call later" asks when: the first press shows the choice, the second sends it.
  const asksWhen = (button) => {
    const times = [...document.querySelectorAll("input[name=when]")];
    if (button.value !== "LATER" || times.length === 0 || times.some((time) => time.checked)) return false;
    const more = times[0].closest("details");
    if (more) more.open = true;
    times[0].closest("fieldset").scrollIntoView({ block: "center" });
    times[0].checked = true;
    times[0].focus();
    return true;
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    if (event.key === "Escape" && typing(event.target)) {
      event.target.blur();
      return;
    }
    if (event.key === "Enter" && event.target.matches("input") && event.target.form?.querySelector("button[data-key]")) {
      event.preventDefault();
      return;
    }
    if (typing(event.target)) return;
    const button = document.querySelector(`button[data-key="${CSS.escape(event.key)}"]`);
    if (!button) return;
    event.preventDefault();
    // A key that bounced meant the person before, not the one who came up just now.
    if (performance.now() - begun < 250 || asksWhen(button)) return;
    button.click();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-key][name=result]");
    if (button && event.detail > 0 && asksWhen(button)) event.preventDefault();
  });
})();
