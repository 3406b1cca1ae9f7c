// Shows what the chosen levels of a rubric are worth, before the mark is saved. The server computes the points itself.
(() => {
  "use strict";
  const form = document.querySelector("form[data-marking]");
  const line = form?.querySelector("[data-points]");
  const groups = form ? [...new Set([...form.querySelectorAll("[data-worth]")].map(({ name }) => name))] : [];
  if (!groups.length) return;
  const shown = (points) => points.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 2, numberingSystem: "latn" });
  const tell = () => {
    const chosen = [...form.querySelectorAll("[data-worth]:checked")];
    const earned = chosen.reduce((sum, { dataset }) => sum + Number(dataset.worth), 0);
    line.hidden = chosen.length < groups.length;
    line.textContent = form.dataset.words.replace("{}", shown((earned / Number(form.dataset.best)) * Number(form.dataset.most)));
  };
  form.addEventListener("change", tell);
  tell();
})();
