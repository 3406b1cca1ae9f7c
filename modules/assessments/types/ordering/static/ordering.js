// Lines to be put into order move up and down by buttons. The numbers beside them alone are enough: no script, any keyboard.
// A press numbers all lines, shows them in that order, and says where the line is now; the button keeps the focus.
(() => {
  "use strict";
  const field = (row) => row.querySelector("select");
  const rowsOf = (list) => [...list.querySelectorAll("[data-row]")];
  const place = (row) => Number(field(row).value) || Infinity;
  const ordered = (list) => rowsOf(list).sort((one, other) => (place(one) === place(other) ? 0 : place(one) - place(other)));

  // The first cannot go up, the last cannot go down: said, not disabled, so that the focus is not lost.
  const mark = (list) => rowsOf(list).forEach((row, at, rows) => {
    row.querySelector('[data-move="-1"]').setAttribute("aria-disabled", String(at === 0));
    row.querySelector('[data-move="1"]').setAttribute("aria-disabled", String(at === rows.length - 1));
  });
  const arrange = (list, rows) => {
    list.append(...rows);
    mark(list);
  };
  const move = (button) => {
    const list = button.closest("[data-ordering]");
    const row = button.closest("[data-row]");
    const rows = ordered(list);
    const from = rows.indexOf(row);
    const to = Math.min(Math.max(from + Number(button.dataset.move), 0), rows.length - 1);
    rows.splice(to, 0, ...rows.splice(from, 1));
    rows.forEach((one, at) => { field(one).value = String(at + 1); });
    arrange(list, rows);
    button.focus();
    for (const kind of ["input", "change"]) field(row).dispatchEvent(new Event(kind, { bubbles: true }));
    const said = list.parentElement.querySelector("[data-moved]");
    const words = { item: row.querySelector("label").textContent.trim(), place: to + 1 };
    said.textContent = said.dataset.moved.replace(/\{(item|place)\}/g, (_all, name) => words[name]);
  };

  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-move]");
    if (button) move(button);
  });
  for (const list of document.querySelectorAll("[data-ordering]")) {
    const rows = ordered(list);
    if (rows.every((row, at) => place(row) === at + 1)) arrange(list, rows);
    else mark(list);
    list.parentElement.querySelectorAll("[data-moves][hidden]").forEach((part) => { part.hidden = false; });
  }
})();
