/* Keep what is typed at a step of the enrolment before it is sent: a closed tab or an ended session loses nothing. */
"use strict";

(() => {
  const form = document.querySelector("form[data-enrol]");
  if (!form) return;
  const WAIT = 1500;
  let timer = 0;
  let sending = null;
  let dirty = false;
  let over = false;

  const keep = (leaving) => {
    if (!dirty || over) return;
    dirty = false;
    window.clearTimeout(timer);
    const body = new FormData(form);
    body.set("then", "keep");
    sending?.abort();
    sending = new AbortController();
    const options = { method: "POST", body, credentials: "same-origin", redirect: "manual" };
    fetch(form.action, leaving ? { ...options, keepalive: true } : { ...options, signal: sending.signal })
      .then((answer) => {
        if (!answer.ok) document.querySelector("[data-signed-out]").hidden = false;
        const there = answer.headers.get("Content-Location"); // of a draft that has just begun
        if (there && !over) history.replaceState(null, "", there);
      })
      .catch(() => {
        dirty = true;
      });
  };

  form.addEventListener("input", () => {
    dirty = true;
    window.clearTimeout(timer);
    timer = window.setTimeout(keep, WAIT, false);
  });
  form.addEventListener("submit", () => {
    over = true;
    window.clearTimeout(timer);
    sending?.abort();
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keep(true));
  window.addEventListener("pageshow", () => {
    over = false;
  });
})();
