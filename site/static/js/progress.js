// Keeps the progress of background work up to date. Without this file the page refreshes itself.
(() => {
  "use strict";
  const watch = (box) => {
    const part = (name) => box.querySelector(`[data-job-${name}]`);
    const ask = async () => {
      let wait = 2000;
      try {
        const answer = await fetch(box.dataset.job, { headers: { Accept: "application/json" }, credentials: "same-origin" });
        if (answer.redirected || answer.status === 404) return; // signed out, or no longer ours
        const status = await answer.json();
        box.querySelector("progress").value = status.percent;
        part("percent").textContent = status.percent;
        if (part("message").textContent !== status.message) part("message").textContent = status.message;
        if (status.final) return void location.reload();
      } catch {
        wait = 5000; // the line is gone; the work goes on
      }
      setTimeout(ask, wait);
    };
    setTimeout(ask, 1000);
  };
  document.querySelectorAll("[data-job]:not([data-final])").forEach(watch);
})();
