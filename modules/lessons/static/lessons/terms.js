// Shows what a word means where it stands. Without this file, or in a browser without popovers, the word is a link
// to the glossary; the explanations themselves stand at the end of the lesson.
(() => {
  "use strict";
  if (!("popover" in HTMLElement.prototype)) return;
  const place = (card, link) => {
    const word = link.getBoundingClientRect();
    const below = word.bottom + 8 + card.offsetHeight <= innerHeight;
    card.style.top = `${Math.max(8, below ? word.bottom + 8 : word.top - 8 - card.offsetHeight)}px`;
    card.style.left = `${Math.max(8, Math.min(word.left, document.documentElement.clientWidth - 8 - card.offsetWidth))}px`;
  };
  for (const link of document.querySelectorAll("a.term[data-term]")) {
    const entry = document.getElementById(link.dataset.term);
    if (!entry) continue;
    const card = document.createElement("span");
    const title = document.createElement("a");
    const text = document.createElement("span");
    title.href = link.href;
    title.textContent = entry.querySelector("dt").textContent;
    text.append(...entry.querySelector("dd").cloneNode(true).childNodes);
    card.className = "term-card";
    card.id = `${entry.id}-card`;
    card.dir = "auto";
    card.popover = "auto";
    card.append(title, text);
    link.after(card);
    // It stays a link, so that a long word breaks like the text around it; to a screen reader it is a button.
    link.setAttribute("role", "button");
    link.setAttribute("aria-expanded", "false");
    link.setAttribute("aria-controls", card.id);
    let wasOpen = false; // before the press, which closes it by itself
    const isOpen = () => card.matches(":popover-open");
    link.addEventListener("pointerdown", () => { wasOpen = isOpen(); });
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const open = event.detail ? wasOpen : isOpen();
      wasOpen = false;
      card.togglePopover(!open);
    });
    link.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      link.click();
    });
    card.addEventListener("toggle", ({ newState }) => {
      link.setAttribute("aria-expanded", String(newState === "open"));
      if (newState === "open") place(card, link);
    });
    addEventListener("scroll", () => { if (isOpen()) card.hidePopover(); }, { passive: true });
  }
})();
