// Boxes that somebody has opened stay open while the page is kept fresh; Escape closes those that explain a number, and so does a press elsewhere.
/* global document */

let open = [];
const boxes = () => [...document.querySelectorAll("details[data-key]")];

document.addEventListener("earshot:refresh", () => (open = boxes().filter((box) => box.open).map((box) => box.dataset.key)));
document.addEventListener("earshot:refreshed", () => boxes().forEach((box) => (box.open ||= open.includes(box.dataset.key))));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeAllBut(null);
});
document.addEventListener("click", (event) => closeAllBut(event.target.closest?.("details.definition")));

function closeAllBut(kept) {
  for (const box of document.querySelectorAll("details.definition[open]")) if (box !== kept) box.open = false;
}
