/* One key for each result of a call: 1 to 9, s to skip, u to take back; Esc leaves a field. The buttons work without it. */
"use strict";

(() => {
  const begun = performance.now();
  const typing = (element) => element.closest("input:not([type=radio], [type=checkbox]), select, textarea, dialog[open]");

  // "Call later" asks when, a longer pause asks how long: the first press shows the choice, the second sends it.
  const asks = (name, chosen) => {
    const choices = [...document.querySelectorAll(`input[name=${name}]`)];
    if (choices.length === 0 || choices.some((choice) => choice.checked)) return false;
    const more = choices[0].closest("details");
    if (more) more.open = true;
    choices[0].closest("fieldset").scrollIntoView({ block: "center" });
    choices[0].checked = chosen;
    choices[0].focus();
    return true;
  };

  const asksMore = (button) => {
    if (button.value === "LATER") return asks("when", true);
    const longer = document.querySelector("input[name^=after_][value=longer]:checked");
    // Nobody is paused for a time that they did not say: nothing is chosen beforehand.
    return button.value === "REACHED" && longer?.offsetParent != null && asks("pause", false);
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
    if (performance.now() - begun < 250 || asksMore(button)) return;
    button.click();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-key][name=result]");
    if (button && event.detail > 0 && asksMore(button)) event.preventDefault();
  });
})();
