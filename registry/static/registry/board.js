/* Keys on the board: j and k or the arrows go from card to card, left and right from column to column. */
"use strict";

(() => {
  const board = document.querySelector("[data-board]");
  if (!board) return;
  const columns = [...board.querySelectorAll("section, tbody")].map((one) => [...one.querySelectorAll("[data-card]")]).filter((cards) => cards.length);
  if (!columns.length) return;

  const place = () => {
    const column = columns.findIndex((cards) => cards.includes(document.activeElement));
    return column < 0 ? null : { column, card: columns[column].indexOf(document.activeElement) };
  };
  const go = (column, card) => {
    const cards = columns[Math.min(Math.max(column, 0), columns.length - 1)];
    cards[Math.min(Math.max(card, 0), cards.length - 1)].focus();
  };
  const moves = { j: [0, 1], ArrowDown: [0, 1], k: [0, -1], ArrowUp: [0, -1], ArrowRight: [1, 0], ArrowLeft: [-1, 0] };

  document.addEventListener("keydown", (event) => {
    const move = moves[event.key];
    if (!move || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input, select, textarea, details[open]")) return;
    const here = place();
    if (!here) {
      if (event.key.length > 1) return; // the arrows scroll until a card has the focus
      event.preventDefault();
      go(0, 0);
      return;
    }
    event.preventDefault();
    go(here.column + move[0], here.card + move[1]);
  });
})();
