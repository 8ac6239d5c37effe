/* What a scan field gains from JavaScript: a new scan replaces what stands in it, and no scan is lost
   that comes before the answer to the last one. The form works without it. */
"use strict";

(() => {
  const field = () => document.querySelector("[data-scan]");
  const isScan = (element) => Boolean(element?.matches?.("[data-scan]"));
  let sent = null; // the text of the scan whose answer is on its way
  let early = ""; // what was scanned meanwhile
  let entered = false; // with its Enter

  document.addEventListener("focusin", (event) => {
    if (isScan(event.target)) event.target.select();
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const scanned = event.target.querySelector?.("[data-scan]");
    if (!scanned) return;
    sent = scanned.value;
    scanned.select();
  });
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Enter" || sent === null || !isScan(event.target)) return;
      event.preventDefault();
      entered = event.target.value !== sent;
    },
    true,
  );
  document.addEventListener("htmx:beforeSwap", () => {
    const typed = field()?.value ?? "";
    early = sent !== null && typed !== sent ? typed : "";
  });
  document.addEventListener("htmx:afterSettle", () => {
    const next = field();
    sent = null;
    if (!next) return;
    for (const earlier of document.querySelectorAll("main > .notice")) earlier.remove(); // of the act before
    next.focus();
    const untouched = next.value === next.defaultValue;
    if (early) next.value = early + (untouched ? "" : next.value);
    else if (untouched) next.select();
    const goesOn = entered && !document.querySelector(".notice.error");
    [early, entered] = ["", false];
    if (goesOn) next.form.requestSubmit();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful) sent = null;
  });
})();
