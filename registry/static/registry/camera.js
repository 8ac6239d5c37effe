/* Read a tube's barcode with the camera, where the browser can read one. Elsewhere nothing appears. */
"use strict";

(async () => {
  const place = document.querySelector("[data-camera]");
  if (!place || !("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return;
  const known = await window.BarcodeDetector.getSupportedFormats();
  const formats = ["code_128", "code_39", "qr_code", "data_matrix"].filter((one) => known.includes(one));
  if (!formats.length) return;

  const OFTEN = 200;
  const field = document.getElementById(place.dataset.camera);
  const button = place.querySelector("button");
  const video = place.querySelector("video");
  const closed = place.querySelector("[role=status]");
  const reader = new window.BarcodeDetector({ formats });
  let timer = 0;

  const stop = () => {
    window.clearTimeout(timer);
    timer = 0;
    for (const track of video.srcObject?.getTracks() ?? []) track.stop();
    video.srcObject = null;
    video.hidden = true;
    button.setAttribute("aria-expanded", "false");
  };

  const look = async () => {
    const [found] = await reader.detect(video).catch(() => []);
    if (!video.srcObject) return;
    if (!found) {
      timer = window.setTimeout(look, OFTEN);
      return;
    }
    stop();
    field.value = found.rawValue;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    navigator.vibrate?.(60);
    field.focus();
  };

  const start = async () => {
    closed.hidden = true;
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.hidden = false;
      button.setAttribute("aria-expanded", "true");
      await video.play();
      look();
    } catch {
      stop();
      closed.hidden = false;
    }
  };

  button.addEventListener("click", () => (video.srcObject ? stop() : start()));
  window.addEventListener("pagehide", stop);
  document.addEventListener("visibilitychange", () => document.hidden && stop());
  place.hidden = false;
})();
