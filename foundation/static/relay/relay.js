/* What a page gains from JavaScript: keys, focus, menus that close. Every page works without it. */
"use strict";

(() => {
  const typing = (element) => element.closest("input:not([type=checkbox], [type=radio], [type=submit]), select, textarea, [contenteditable]");

  const focusFirstTrouble = (root) => {
    const summary = root.querySelector("[data-focus]");
    if (summary) summary.focus();
  };

  const keys = {
    "?": () => document.getElementById("keys")?.showModal(),
    "/": () => document.getElementById("q")?.focus(),
    n: () => (document.querySelector("[data-next-act]") ?? document.querySelector("main .button.act") ?? document.querySelector("main .list .button"))?.focus(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const open = event.target.closest?.("details.menu[open]") ?? document.querySelector("details.menu[open]");
      if (open) {
        open.open = false;
        open.querySelector("summary").focus();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    const act = keys[event.key];
    if (act && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      act();
    }
  });

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
    const printer = event.target.closest("[data-print]");
    if (printer) window.print();
    const link = event.target.closest(".summary a[href^='#']");
    if (link) {
      const input = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (input) {
        event.preventDefault();
        input.scrollIntoView({ block: "center" });
        input.focus();
      }
    }
  });

  // A form is sent once, however often an impatient finger presses. Another button of it leads elsewhere.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog") return;
    const to = event.submitter?.getAttribute("formaction") || "here";
    if (form.dataset.sent === to) {
      event.preventDefault();
      return;
    }
    if (form.method === "post" && !form.hasAttribute("hx-post")) {
      form.dataset.sent = to;
      window.setTimeout(() => delete form.dataset.sent, 4000);
    }
  });

  // A scanner ends a barcode with Enter; a field with data-next hands the focus on instead of sending.
  document.addEventListener("keydown", (event) => {
    const next = event.target.dataset?.next;
    if (event.key === "Enter" && next && !event.isComposing) {
      event.preventDefault();
      document.getElementById(next)?.focus();
    }
  });

  for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;
  document.addEventListener("DOMContentLoaded", () => focusFirstTrouble(document));
  document.addEventListener("htmx:afterSwap", (event) => focusFirstTrouble(event.detail.elt));
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
})();
