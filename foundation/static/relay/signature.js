/* Draw a signature into a hidden field. Needs vendor/signature_pad before it. */
"use strict";

(() => {
  const SCALE = 2; // one size for every screen, so that a stored signature looks the same

  const prepare = (box) => {
    const canvas = box.querySelector("canvas");
    const field = box.querySelector("input[type=hidden]");
    const pad = new SignaturePad(canvas, { penColor: "#10181c", backgroundColor: "#ffffff", minWidth: 0.8, maxWidth: 2.6 });

    const fit = () => {
      const strokes = pad.toData();
      canvas.width = canvas.offsetWidth * SCALE;
      canvas.height = canvas.offsetHeight * SCALE;
      canvas.getContext("2d").scale(SCALE, SCALE);
      pad.clear();
      if (strokes.length) pad.fromData(strokes);
      else if (field.value) pad.fromDataURL(field.value, { ratio: SCALE });
    };

    const keep = () => {
      field.value = pad.isEmpty() ? "" : pad.toDataURL("image/png");
    };

    pad.addEventListener("endStroke", keep);
    box.querySelector("[data-clear]").addEventListener("click", () => {
      pad.clear();
      field.value = "";
      canvas.focus();
    });
    let width = 0;
    new ResizeObserver(() => {
      if (canvas.offsetWidth && canvas.offsetWidth !== width) {
        width = canvas.offsetWidth;
        fit();
      }
    }).observe(canvas);
  };

  document.querySelectorAll("[data-signature]").forEach(prepare);
})();
