// Saves each answer of a quiz as it is given (see unsent.js). Without this file the form's buttons save them all.
(() => {
  "use strict";
  const form = document.querySelector("form[data-attempt]");
  if (!form) return;
  const status = form.querySelector("[data-status]");
  const prefix = `quiz:${form.dataset.attempt}:`;
  const say = (words) => { if (status.textContent !== words) status.textContent = words; };

  // A question's fields are named q12, or q12-a for a part of it: whatever its type, all of them are its answer.
  const question = (name) => (/^q\d+(?=-|$)/.exec(name) || [""])[0];
  const box = (name, within = form) => within.querySelector(`[data-question="${name}"]`);
  const seen = (name, within = form) => Number(box(name, within)?.querySelector("[name=seen]").value.split(":")[1]);
  const fieldsOf = (name, within = form) => [...box(name, within)?.querySelectorAll("input, select, textarea") || []]
    .filter((field) => question(field.name) === name && field.type !== "file");
  const isBox = (field) => field.type === "checkbox" || field.type === "radio";
  const given = (name, within = form) => fieldsOf(name, within)
    .filter((field) => !isBox(field) || field.checked).map((field) => [field.name, field.value]);
  const show = (name, fields) => {
    for (const field of fieldsOf(name)) {
      const values = fields.filter(([own]) => own === field.name).map(([, value]) => value);
      if (isBox(field)) field.checked = values.includes(field.value);
      else field.value = values[0] ?? "";
    }
  };

  // Shows what was answered in another window or on another device, and a time that was prolonged. What is unsent here
  // stays. Promise: did the server answer with the questions?
  let fetching = null;
  const refresh = async () => {
    let there;
    try {
      const reply = await fetch(form.action, { credentials: "same-origin", redirect: "manual" });
      if (reply.type === "opaqueredirect") return void location.assign(form.action); // handed in there, or the time is over
      if (!reply.ok) return false;
      there = new DOMParser().parseFromString(await reply.text(), "text/html");
    } catch { return false; /* no line: what is here stays */ }
    const fresh = there.querySelector("form[data-attempt]");
    if (!fresh) return false;
    const [until, now] = [document, there].map((page) => page.querySelector("[data-deadline]"));
    if (until && now) until.textContent = now.textContent;
    arm(fresh.dataset.seconds);
    for (const { dataset: { question: name } } of fresh.querySelectorAll("[data-question]") || []) {
      const locked = fieldsOf(name, fresh).some((field) => field.disabled) && !fieldsOf(name).some((field) => field.disabled);
      if (unsent.get(prefix + name) || (seen(name, fresh) <= seen(name) && !locked)) continue;
      const now = given(name, fresh);
      const differs = JSON.stringify(now) !== JSON.stringify(given(name));
      if (locked) box(name).replaceWith(box(name, fresh));
      else {
        const files = box(name).querySelector("[data-files]");
        if (files) files.replaceWith(box(name, fresh).querySelector("[data-files]"));
        show(name, now);
        box(name).querySelector("[name=seen]").value = box(name, fresh).querySelector("[name=seen]").value;
      }
      if (differs) say(form.dataset.newer);
    }
    return true;
  };
  const look = () => (fetching ||= refresh().finally(() => { fetching = null; }));
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") look(); });
  addEventListener("pageshow", ({ persisted }) => {
    through = false;
    if (persisted) look();
  });

  document.addEventListener("unsent", (event) => {
    const { id, state, reply } = event.detail;
    if (!id.startsWith(prefix)) return;
    event.preventDefault(); // it is told here
    const name = id.slice(prefix.length);
    if (state === "kept") say(form.dataset.here);
    if (state === "sending") say(form.dataset.saving);
    if (state === "waiting") say(reply?.message || form.dataset.offline);
    if (state === "elsewhere") {
      const entry = unsent.get(id);
      if (entry) show(name, entry.fields);
      else look();
    }
    if (state === "saved") {
      const field = box(name)?.querySelector("[name=seen]");
      if (field && !reply.late) field.value = `${name.slice(1)}:${Math.max(seen(name), reply.id)}`;
      if (reply.late) look();
      if (!unsent.list(prefix).length) say(reply.message);
    }
    if (state === "refused") {
      say(reply.message);
      if (reply.over) {
        unsent.list(prefix).forEach((entry) => unsent.remove(entry.id));
        location.assign(reply.over);
      } else look();
    }
  });
  for (const entry of unsent.list(prefix)) show(entry.id.slice(prefix.length), entry.fields);

  // Kept here at once; sent when somebody has chosen, or stopped typing for a moment, or types for ten seconds.
  let pause = 0;
  let typing = 0; // since when
  const send = () => {
    clearTimeout(pause);
    typing = 0;
    return unsent.send(prefix);
  };
  const take = (name) => unsent.put(prefix + name, {
    url: form.dataset.save,
    fields: [["question", name.slice(1)], ["seen", seen(name)], ...given(name)],
    title: form.dataset.title,
  });
  form.addEventListener("input", ({ target }) => {
    const name = question(target.name || "");
    if (!name || target.type === "file") return;
    take(name);
    clearTimeout(pause);
    typing ||= Date.now();
    pause = setTimeout(send, Math.max(0, Math.min(1000, typing + 10000 - Date.now())));
  });
  form.addEventListener("change", send);
  // The buttons send the whole form: only when the line is there, so that no error page takes the answers' place.
  let through = false;
  form.addEventListener("submit", async (event) => {
    clearTimeout(pause);
    const waiting = unsent.list(prefix).length;
    if (through || (!waiting && navigator.onLine)) return;
    event.preventDefault();
    if (!navigator.onLine) return say(form.dataset.offline); // not handed in later, by itself
    const button = event.submitter;
    if (await unsent.send(prefix)) {
      through = true;
      form.requestSubmit(button);
    }
  });

  // The server keeps the time. The page only says so, sends what is typed before the end, and leads on when the server
  // says that it is over: never without a line, so that no error page takes the answers' place.
  const timers = [];
  const over = async () => {
    await send();
    if (!(await look())) timers.push(setTimeout(over, 5000)); // leads on, or learns of a later end
  };
  const arm = (left) => {
    while (timers.length) clearTimeout(timers.pop());
    const seconds = Number(left ?? NaN);
    const at = (moment, act) => { if (moment > 0) timers.push(setTimeout(act, moment * 1000)); };
    at(seconds - 300, () => say(form.dataset.soon));
    at(seconds - 5, send);
    at(seconds - 2, send);
    at(seconds + 1, over);
  };
  arm(form.dataset.seconds);
})();
