// Shows what a word means where it stands. Without this file, or in a browser without popovers, the word is a link
// to the glossary; the explanations themselves stand at the end of the lesson.
(() => {
  "use strict";
  if (!("popover" in HTMLElement.prototype)) return;
  const place = (card, button) => {
    const word = button.getBoundingClientRect();
    const below = word.bottom + 8 + card.offsetHeight <= innerHeight;
    card.style.top = `${Math.max(8, below ? word.bottom + 8 : word.top - 8 - card.offsetHeight)}px`;
    card.style.left = `${Math.max(8, Math.min(word.left, document.documentElement.clientWidth - 8 - card.offsetWidth))}px`;
  };
  for (const link of document.querySelectorAll("a.term[data-term]")) {
    const entry = document.getElementById(link.dataset.term);
    if (!entry) continue;
    const button = document.createElement("button");
    const card = document.createElement("span");
    const title = document.createElement("a");
    const text = document.createElement("span");
    button.type = "button";
    button.className = "term";
    button.textContent = link.textContent;
    title.href = link.href;
    title.textContent = entry.querySelector("dt").textContent;
    text.append(...entry.querySelector("dd").cloneNode(true).childNodes);
    card.className = "term-card";
    card.id = `${entry.id}-card`;
    card.dir = "auto";
    card.popover = "auto";
    card.append(title, text);
    button.popoverTargetElement = card;
    card.addEventListener("toggle", ({ newState }) => { if (newState === "open") place(card, button); });
    addEventListener("scroll", () => { if (card.matches(":popover-open")) card.hidePopover(); }, { passive: true });
    link.replaceWith(button, card);
  }
})();
