// Sends a file as soon as it is chosen, and takes one back. Without this file the form's buttons do both.
(() => {
  "use strict";
  const form = document.querySelector("form[data-attempt][data-file]");
  if (!form) return;
  const status = form.querySelector("[data-status]");
  const say = (words) => { status.textContent = words; };
  const keys = new WeakMap(); // sent twice, a file is kept once
  const keyOf = (file) => {
    if (!keys.has(file)) keys.set(file, [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join(""));
    return keys.get(file);
  };

  const post = (name, file, tell) => new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    const fields = { question: name.slice(1), key: keyOf(file), account: document.documentElement.dataset.account || "" };
    for (const [field, value] of Object.entries(fields)) body.append(field, value);
    body.append("file", file);
    request.open("POST", form.dataset.file);
    request.setRequestHeader("X-CSRFToken", unsent.token());
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", ({ loaded, total }) => tell(total ? loaded / total : 0));
    request.addEventListener("loadend", () => {
      try { resolve(JSON.parse(request.responseText)); } catch { resolve(null); /* the line is cut */ }
    });
    request.send(body);
  });

  const complain = (box, words) => {
    const line = document.createElement("p");
    line.textContent = words;
    box.querySelector("[data-errors]").append(line);
    box.querySelector("[type=file]").setAttribute("aria-invalid", "true");
  };
  const replace = (box, reply) => {
    const question = box.closest("[data-question]");
    const fresh = new DOMParser().parseFromString(reply.html, "text/html").querySelector("[data-files]");
    question.querySelector("[data-files]").replaceWith(document.adoptNode(fresh));
    question.querySelector("[name=seen]").value = `${box.dataset.upload.slice(1)}:${reply.id}`;
  };

  // Returns the files that did not arrive: they stay chosen.
  const sendAll = async (box, files) => {
    const bar = box.querySelector("progress");
    for (const [number, file] of files.entries()) {
      if (file.size > Number(box.dataset.bytes)) {
        complain(box, `${file.name}: ${box.dataset.tooBig}`);
        continue;
      }
      bar.value = 0;
      say(form.dataset.saving);
      const settled = await unsent.send(`quiz:${form.dataset.attempt}:`); // what was taken back before comes first
      const reply = settled ? await post(box.dataset.upload, file, (share) => { bar.value = share; }) : null;
      if (reply?.over) location.assign(reply.over);
      if (reply?.saved) {
        replace(box, reply);
        say(reply.message);
      } else {
        complain(box, reply?.message || box.dataset.cut);
        say("");
        if (!reply?.refused) return files.slice(number);
      }
    }
    return [];
  };

  const running = new Map();
  const start = (input) => {
    const box = input.closest("[data-upload]");
    if (!box || running.has(box) || !input.files.length) return;
    const files = [...input.files];
    box.querySelector("[data-errors]").replaceChildren();
    input.removeAttribute("aria-invalid");
    box.querySelector("[data-progress]").hidden = false;
    const work = sendAll(box, files).then((left) => {
      const rest = new DataTransfer();
      left.forEach((file) => rest.items.add(file));
      input.files = rest.files;
      box.querySelector("[data-progress]").hidden = true;
      box.querySelector("[data-send]").hidden = !left.length;
      running.delete(box);
    });
    running.set(box, work);
  };
  const inputs = () => [...form.querySelectorAll("[data-upload] [type=file]")];
  form.querySelectorAll("[data-send]").forEach((button) => { button.hidden = true; });
  form.addEventListener("change", ({ target }) => { if (target.type === "file") start(target); });
  addEventListener("online", () => inputs().forEach(start));
  inputs().forEach(start); // chosen before this file was here

  // A button that is pressed meanwhile waits for the file. What did not arrive goes with the form.
  form.addEventListener("submit", async (event) => {
    if (!running.size) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    await Promise.all(running.values());
    form.requestSubmit(event.submitter);
  }, true);

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-drop]");
    if (!button) return;
    event.preventDefault();
    const question = button.closest("[data-question]");
    const field = button.closest("li").querySelector("input");
    field.checked = false;
    for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true })); // quiz.js saves it
    question.querySelector("[type=file]").focus();
  });
})();
