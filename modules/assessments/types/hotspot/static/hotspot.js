// A region of a picture that is clicked is chosen in the list below it. The list alone is enough: keyboard, screen reader, no script.
(() => {
  "use strict";
  const mark = (drawing, inputs) => {
    for (const region of drawing.querySelectorAll("[data-value]")) {
      region.classList.toggle("is-chosen", inputs.some((input) => input.checked && input.value === region.dataset.value));
    }
  };
  const inputsOf = (drawing) => [...document.querySelectorAll(`input[name="${drawing.dataset.hotspots}"]`)];
  const drawings = () => document.querySelectorAll("svg[data-hotspots]");
  document.addEventListener("click", ({ target }) => {
    const region = target.closest("svg[data-hotspots] [data-value]");
    if (!region) return;
    const input = inputsOf(region.closest("svg")).find(({ value }) => value === region.dataset.value);
    if (input && !input.disabled) input.click();
  });
  document.addEventListener("change", () => drawings().forEach((drawing) => mark(drawing, inputsOf(drawing))));
  drawings().forEach((drawing) => {
    if (!inputsOf(drawing).some((input) => input.disabled)) drawing.dataset.live = "";
    mark(drawing, inputsOf(drawing));
  });
})();
