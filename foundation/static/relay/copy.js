/* Copy a value that stands on the page. Without JavaScript it can be selected as any text. */
"use strict";

(() => {
  const told = document.querySelector("[data-copied]");

  const select = (place) => {
    const range = document.createRange();
    range.selectNodeContents(place);
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  };

  const copy = async (place) => {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(place.textContent);
    select(place); // an office's server without a certificate: the old way
    if (!document.execCommand("copy")) throw new Error("not copied");
  };

  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const place = document.getElementById(button.dataset.copy);
      try {
        await copy(place);
        for (const other of document.querySelectorAll("[data-copy].done")) other.classList.remove("done");
        button.classList.add("done");
        if (told) told.textContent = `${told.dataset.copied}: ${button.querySelector(".sr")?.textContent ?? ""}`;
      } catch {
        select(place);
      }
    });
  }
})();
