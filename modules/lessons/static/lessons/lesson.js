// Remembers where the reader stopped: the block at the top of the window when reading pauses or the
// page is left. Without this file everything works; only the place inside a lesson is not kept.
(() => {
  "use strict";
  const form = document.querySelector("form[data-place]");
  const blocks = [...document.querySelectorAll('.prose > [id^="block-"]')];
  if (!form || !blocks.length) return;
  let told = "";
  let timer = 0;
  const placeNow = () => {
    const above = blocks.filter((block) => block.getBoundingClientRect().top <= innerHeight / 3);
    return above.length ? above[above.length - 1].id.slice(6) : "";
  };
  const tell = (leaving) => {
    clearTimeout(timer);
    timer = 0;
    const place = placeNow();
    if (!place || place === told) return;
    const data = new FormData();
    data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    data.set("place", place);
    told = place;
    if (leaving) return void navigator.sendBeacon(form.dataset.place, data);
    fetch(form.dataset.place, { method: "POST", body: data, credentials: "same-origin", keepalive: true })
      .catch(() => { told = ""; }); // the line is gone: the next pause tries again
  };
  addEventListener("scroll", () => {
    if (!timer) timer = setTimeout(tell, 15000, false);
  }, { passive: true });
  addEventListener("pagehide", () => { if (timer) tell(true); });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && timer) tell(true);
  });
})();
