// The menus are <details> and work without this file. It only closes them politely:
// on Escape (focus goes back to the summary), on a click elsewhere, and when focus moves on.
(() => {
  "use strict";
  const open = () => document.querySelectorAll("details.menu[open]");
  const closeOthers = (target) => open().forEach((menu) => {
    if (!menu.contains(target)) menu.open = false;
  });
  document.addEventListener("click", (event) => closeOthers(event.target));
  document.addEventListener("focusin", (event) => closeOthers(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    open().forEach((menu) => {
      const inside = menu.contains(document.activeElement);
      menu.open = false;
      if (inside) menu.querySelector("summary").focus();
    });
  });
})();
