/* Adds the reader's own time to each session, for readers who have not told us their time zone. */
(() => {
  const template = document.getElementById("own-time");
  if (!template) return;
  const language = document.documentElement.lang || undefined;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const day = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });
  const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  for (const session of document.querySelectorAll(".session")) {
    const [from, to] = session.querySelectorAll("time[datetime]");
    if (!from || !to || session.querySelector(".session__own")) continue;
    const starts = new Date(from.dateTime), ends = new Date(to.dateTime);
    const match = /([+-])(\d\d):(\d\d)$/.exec(from.dateTime);
    const there = match ? (match[1] === "-" ? -1 : 1) * (match[2] * 60 + +match[3]) : 0;
    if (there === -starts.getTimezoneOffset()) continue;
    const line = template.content.cloneNode(true);
    const sameDay = new Date(starts.getTime() + there * 60000).getUTCDate() === starts.getDate();
    line.querySelector("time").textContent =
      `${sameDay ? "" : day.format(starts) + ", "}${clock.format(starts)}–${clock.format(ends)}`;
    line.querySelector("time").dateTime = starts.toISOString();
    line.querySelector("time").after(` (${zone.replace(/_/g, " ")})`);
    from.closest(".session__line").after(line);
  }
})();
