// Saves each answer of a quiz as it is given. Without this file the form's buttons save them all.
(() => {
  "use strict";
  const form = document.querySelector("form[data-attempt]");
  if (!form) return;
  const status = form.querySelector("[data-status]");
  const store = `quiz:${form.dataset.account}:${form.dataset.attempt}`;
  const say = (words) => { if (status.textContent !== words) status.textContent = words; };

  // A question's fields are named q12, or q12-a for a part of it: whatever its type, all of them are its answer.
  const question = (name) => (/^q\d+(?=-|$)/.exec(name) || [""])[0];
  const fieldsOf = (name) => [...form.elements].filter((field) => field.name && question(field.name) === name && field.type !== "file");
  const isBox = (field) => field.type === "checkbox" || field.type === "radio";
  const given = (name) => fieldsOf(name).filter((field) => !isBox(field) || field.checked).map((field) => [field.name, field.value]);
  const show = (name, fields) => {
    for (const field of fieldsOf(name)) {
      const values = fields.filter(([own]) => own === field.name).map(([, value]) => value);
      if (isBox(field)) field.checked = values.includes(field.value);
      else field.value = values[0] ?? "";
    }
  };

  // What is not confirmed yet: question -> {key, fields}. Kept in the browser, so that closing it loses nothing.
  let unsent = {};
  const keep = () => {
    try {
      if (Object.keys(unsent).length) localStorage.setItem(store, JSON.stringify(unsent));
      else localStorage.removeItem(store);
    } catch { /* no storage: the page itself still holds the answers */ }
  };
  try { unsent = JSON.parse(localStorage.getItem(store)) || {}; } catch { unsent = {}; }
  for (const [name, { fields }] of Object.entries(unsent)) show(name, fields);
  const newKey = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  };

  let sending = null;
  let wait = 1000;
  let timer = 0;
  // Sends what is unsent, one answer after the other; true when nothing is left.
  const flush = () => (sending ||= send().finally(() => { sending = null; }));
  const send = async () => {
    clearTimeout(timer);
    for (let name; (name = Object.keys(unsent)[0]); ) {
      const { key, fields } = unsent[name];
      say(form.dataset.saving);
      const body = new URLSearchParams([["question", name.slice(1)], ["key", key], ...fields]);
      try {
        const reply = await fetch(form.dataset.save, {
          method: "POST", body, credentials: "same-origin",
          headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value, Accept: "application/json" },
        });
        const told = await reply.json();
        if (told.over) {
          localStorage.removeItem(store);
          return void location.assign(told.over);
        }
        say(told.message);
        if (reply.status === 400) delete unsent[name]; // refused: sending it again will not help
        else if (!told.saved) throw new Error(told.message);
        else if (unsent[name].key === key) delete unsent[name];
        keep();
        wait = 1000;
      } catch (problem) {
        if (!(problem instanceof Error) || problem.message !== status.textContent) say(form.dataset.unsent);
        wait = Math.min(wait * 2, 30000);
        timer = setTimeout(flush, wait);
        return false;
      }
    }
    return true;
  };

  // Kept here at once; sent when somebody has chosen, or stopped typing for a moment.
  let pause = 0;
  const take = (name) => {
    if (!name) return;
    unsent[name] = { key: newKey(), fields: given(name) };
    keep();
    say(form.dataset.here);
  };
  form.addEventListener("input", ({ target }) => {
    take(question(target.name || ""));
    clearTimeout(pause);
    pause = setTimeout(flush, 1000);
  });
  form.addEventListener("change", () => {
    clearTimeout(pause);
    if (Object.keys(unsent).length) flush();
  });
  // The buttons send the whole form: only when the line is there, so that no error page takes the answers' place.
  let through = false;
  form.addEventListener("submit", async (event) => {
    clearTimeout(pause);
    if (through || !Object.keys(unsent).length) return;
    event.preventDefault();
    const button = event.submitter;
    if (await flush()) {
      through = true;
      form.requestSubmit(button);
    }
  });
  window.addEventListener("online", flush);
  if (Object.keys(unsent).length) flush();
})();
