// Keeps what a reader does in a lesson: that it is done, and the place where reading stopped. Both go through
// `unsent` (static/js/unsent.js), so that nothing is lost on a bad line. Without this file the button is a plain
// form, and only the place is not kept.
(() => {
  "use strict";
  const form = document.querySelector("form[data-lesson]");
  if (!form) return;

  // --- Done ---------------------------------------------------------------------------------------

  const id = `lesson:${form.dataset.lesson}`;
  const status = form.querySelector("[data-status]");
  const buttons = [...form.querySelectorAll("button[name=done]")];
  let pressed = false; // and not waited since: then the answer leads on
  const busy = (is) => buttons.forEach((button) => { button.disabled = is; });
  document.addEventListener("unsent", (event) => {
    const { id: about, state, reply } = event.detail;
    if (about !== id) return;
    event.preventDefault(); // it is told here
    if (state === "saved" && pressed && reply.url) return void location.assign(reply.url);
    if (state === "kept" || state === "sending") {
      status.textContent = form.dataset.saving;
      return;
    }
    if (state === "elsewhere" && !unsent.get(id)) { // another window sent it
      status.textContent = "";
      return;
    }
    status.textContent = reply?.message || form.dataset.kept;
    pressed = false;
    busy(state === "saved");
  });
  form.addEventListener("submit", (event) => {
    const done = event.submitter?.value;
    if (!done || done === "0") return; // taking it back: a plain form
    event.preventDefault();
    pressed = true;
    busy(true);
    unsent.put(id, {
      url: form.action,
      fields: [["done", done], ["version", form.elements.version.value]],
      title: document.querySelector("h1").textContent,
    });
    unsent.send(id);
  });
  if (unsent.get(id)) status.textContent = form.dataset.kept;

  // --- The place ------------------------------------------------------------------------------------

  const come = performance.getEntriesByType("navigation")[0]?.type;
  if (form.dataset.stopped && !location.hash && come === "navigate") {
    document.getElementById(form.dataset.stopped)?.scrollIntoView();
  }
  const { place: address } = form.dataset;
  const done = !form.querySelector("button[value='1'], button[value=again]");
  // Blocks, and the paragraphs in them; not what is folded away.
  const blocks = [...document.querySelectorAll('.prose [id^="block-"]')].filter((one) => !one.parentElement.closest("details"));
  if (!blocks.length) return;
  let told = "";
  let timer = 0;
  const placeNow = () => {
    if (done && form.getBoundingClientRect().top <= innerHeight) return ""; // read again to the end
    const above = blocks.filter((block) => block.getBoundingClientRect().top <= innerHeight / 3);
    return above.length ? above[above.length - 1].id.slice(6) : "";
  };
  const tell = (leaving) => {
    clearTimeout(timer);
    timer = 0;
    const place = placeNow();
    if (place === told || (!place && !done)) return;
    const fields = [["place", place]];
    const token = form.elements.csrfmiddlewaretoken.value;
    told = place;
    const keep = () => unsent.put(`place:${form.dataset.lesson}`, {
      url: address, fields, title: document.querySelector("h1").textContent, minor: true,
    });
    if (leaving) {
      keep(); // a beacon says nothing of whether it arrived; the next page sends it again
      if (!navigator.onLine) return;
      const data = new FormData();
      fields.concat([["csrfmiddlewaretoken", token]]).forEach(([name, value]) => data.set(name, value));
      return void navigator.sendBeacon(address, data);
    }
    fetch(address, {
      method: "POST", body: new URLSearchParams(fields), credentials: "same-origin", keepalive: true,
      headers: { "X-CSRFToken": token, Accept: "application/json" },
    }).catch(() => { keep(); unsent.send(); });
  };
  addEventListener("scroll", () => {
    if (!timer) timer = setTimeout(tell, 15000, false);
  }, { passive: true });
  addEventListener("pagehide", () => { if (timer) tell(true); });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && timer) tell(true);
    if (document.visibilityState === "visible") unsent.send();
  });
})();
