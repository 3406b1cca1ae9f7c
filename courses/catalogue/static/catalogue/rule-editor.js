/* The form of a completion rule: shows it in words while one types, and hides numbers that nobody asks for. */
(() => {
  const form = document.querySelector("[data-rule-editor]");
  if (!form) return;
  const words = form.querySelector("[data-rule-words]");
  let timer, asking;

  const fit = () => {
    for (const select of form.querySelectorAll("[data-pick]")) {
      const row = select.closest(".rule-row");
      const group = select.selectedOptions[0]?.parentElement;
      const measures = (group?.dataset?.measures ?? "percent count days").split(" ").filter(Boolean);
      for (const field of row.querySelectorAll("[data-amount]")) field.hidden = !measures.length;
      const measure = row.querySelector("[data-measure]");
      for (const option of measure.options) option.hidden = option.disabled = !measures.includes(option.value) && !option.selected;
      if (measures.length && !measures.includes(measure.value)) {
        measure.value = measures[0];
        measure.selectedOptions[0].disabled = false;
      }
    }
    for (const needed of form.querySelectorAll("[data-needed]")) {
      const mode = needed.closest(".rule-row").querySelector("select").value;
      needed.hidden = mode === "all" || mode === "any";
    }
  };

  const tell = async () => {
    asking?.abort();
    asking = new AbortController();
    const data = new FormData(form);
    data.set("act", "words");
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: data, signal: asking.signal, headers: { "X-Requested-With": "fetch" },
      });
      if (answer.ok && !answer.redirected) words.innerHTML = await answer.text();
    } catch { /* the button does the same without us */ }
  };

  form.addEventListener("input", () => {
    fit();
    clearTimeout(timer);
    timer = setTimeout(tell, 400);
  });
  fit();
})();
