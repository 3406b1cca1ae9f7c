// What somebody did here and the server has not confirmed yet, kept in this browser under their account.
//
// base.html loads it on every page of somebody signed in, before the page's own scripts. It defines `unsent`:
//
//   unsent.put(id, {url, fields, title, page, minor})  keeps one piece of work; the same id again replaces it.
//       id      what it is about, e.g. "quiz:ATTEMPT:q12" or "lesson:KEY"
//       url     where it is sent by POST; fields: [[name, value], …], what is sent
//       title   how the sign-out page calls it; page: the address where it was done; minor: not worth a word if refused
//     Returns false where the browser keeps nothing: then it lives as long as the page, which asks before it is left.
//   unsent.get(id), unsent.list(prefix)         the entries, oldest first: what was put, with id, key and at (ms)
//   unsent.remove(id)
//   unsent.token()                              the token against forged requests, for what is sent without being kept
//   unsent.send(prefix)                         sends what is kept, oldest first; Promise: is nothing left?
//     Also called by itself: when a page opens, when the line is back, and again after a pause that doubles.
//
// With the fields goes: `key` (a fresh one for each put: sent twice, it counts once), `replaces` (keys of what it took
// the place of here before that was confirmed; several or none), `age` (ms between put and send), `account` (whose
// work it is), and the token against forged requests. The view begins with `core.unsent.refusal(request)`, which
// answers somebody signed out or another account, and returns JSON with `message` and one of
//   saved: true      it is on the server: forgotten here
//   refused: true    it never will be (wrong, or too late): forgotten here
// Any other answer, or none within 20 s, keeps it. Every step is told on `document` as the event "unsent", whose detail is
//   {id, state: "kept" | "sending" | "saved" | "refused" | "waiting", reply}     reply: the JSON, if there was one
// and with the state "elsewhere" when another tab kept or settled it (`get` tells what is kept now, or nothing).
// Who shows a state calls preventDefault; a refusal that nobody shows is said at the top of the page.
//
// Sign-out forms carry data-sign-out: with work unsent they lead to the sign-out page, which lists it ([data-unsent-box]) and
// whose own form (data-sign-out="clear") forgets it once the signing out has arrived.
const unsent = (() => {
  "use strict";
  const account = document.documentElement.dataset.account || "";
  const prefix = `unsent:${account}:`;
  const memory = new Map(); // where the browser keeps nothing
  const tell = (id, state, reply) => document.dispatchEvent(new CustomEvent("unsent", { cancelable: true, detail: { id, state, reply } }));

  const stored = () => {
    try { return Object.keys(localStorage).filter((name) => name.startsWith(prefix)); } catch { return []; }
  };
  const read = (name) => {
    try { return JSON.parse(localStorage.getItem(name)); } catch { return null; }
  };
  const get = (id) => memory.get(id) || read(prefix + id);
  const list = (start = "") => [...stored().map(read), ...memory.values()]
    .filter((entry) => entry && entry.id.startsWith(start)).sort((one, other) => one.at - other.at);
  const remove = (id) => {
    memory.delete(id);
    try { localStorage.removeItem(prefix + id); } catch { /* nothing is kept there */ }
  };
  const clear = () => list().forEach(({ id }) => remove(id));
  const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  const put = (id, { url, fields, title = "", page = location.pathname, minor = false }) => {
    const before = get(id);
    const replaces = before ? [...before.replaces, before.key].slice(-20) : [];
    const entry = { id, url, fields, title, page, minor, key: newKey(), replaces, at: Date.now() };
    let kept = true;
    try {
      localStorage.setItem(prefix + id, JSON.stringify(entry));
      memory.delete(id);
    } catch {
      memory.set(id, entry);
      kept = false;
    }
    tell(id, "kept");
    return kept;
  };

  const token = () => document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/)?.[1]
    || document.querySelector("input[name=csrfmiddlewaretoken]")?.value || "";
  // One piece of work: "settled" (saved or refused), "kept" (answered otherwise) or "cut" (no answer at all).
  const sendOne = async (entry) => {
    const body = new URLSearchParams([
      ...entry.fields, ["key", entry.key], ...entry.replaces.map((key) => ["replaces", key]),
      ["age", Math.max(0, Date.now() - entry.at)], ["account", account],
    ]);
    tell(entry.id, "sending");
    let answer;
    let reply;
    try {
      answer = await fetch(entry.url, {
        method: "POST", body, credentials: "same-origin",
        headers: { "X-CSRFToken": token(), Accept: "application/json" },
        signal: AbortSignal.timeout?.(20000), // a line that hangs is tried again
      });
      reply = await answer.json();
    } catch { /* the line is cut, or the answer says nothing */ }
    const settled = reply?.saved || reply?.refused;
    if (settled && get(entry.id)?.key === entry.key) remove(entry.id);
    const unheard = tell(entry.id, settled ? (reply.saved ? "saved" : "refused") : "waiting", reply);
    if (reply?.refused && unheard && !entry.minor) notice(entry, reply.message);
    return settled ? "settled" : answer ? "kept" : "cut";
  };

  // Work that is refused on a page that knows nothing of it is said at its top.
  const notice = ({ title, page }, message) => {
    const template = document.querySelector("template[data-unsent-refused]");
    if (!template || !message) return;
    const [shown, link] = [template.content.firstElementChild.cloneNode(true), document.createElement("a")];
    link.href = page;
    link.textContent = title || page;
    link.dir = "auto";
    shown.querySelector(".notice__body > :last-child").append(link, " ", message);
    document.getElementById("main")?.prepend(shown);
  };

  let wait = 1000;
  let timer = 0;
  let sending = null;
  const sendAll = async () => {
    clearTimeout(timer);
    const tried = new Set();
    for (let entry; (entry = list().find(({ key }) => !tried.has(key))); ) {
      tried.add(entry.key);
      const end = await sendOne(entry);
      if (end === "settled") wait = 1000;
      if (end === "cut") break;
    }
    if (!list().length) return;
    timer = setTimeout(() => send(), wait);
    wait = Math.min(wait * 2, 30000);
  };
  // Only one tab sends at a time, where the browser can arrange that; twice would count once all the same.
  const locked = (work) => (navigator.locks ? navigator.locks.request(`unsent:${account}`, work) : work());
  const send = async (start = "") => {
    if (account && list().length) await (sending ||= locked(sendAll).finally(() => { sending = null; }));
    return !list(start).length;
  };

  addEventListener("online", () => send());
  addEventListener("beforeunload", (event) => { if (memory.size) event.preventDefault(); });

  // --- Signing out -----------------------------------------------------------------------------

  const box = document.querySelector("[data-unsent-box]");
  const show = () => {
    if (!box) return;
    const pages = new Map();
    for (const { page, title } of list()) pages.set(page, { title, count: (pages.get(page)?.count || 0) + 1 });
    box.hidden = !pages.size;
    box.querySelector("[data-unsent-list]").replaceChildren(...[...pages].map(([page, { title, count }]) => {
      const [item, link, number] = ["li", "a", "span"].map((name) => document.createElement(name));
      link.href = page;
      link.textContent = title || page;
      link.dir = "auto";
      number.append(" (", count, ")");
      item.append(link, number);
      return item;
    }));
  };
  document.addEventListener("unsent", show);
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-sign-out]");
    if (!form || !list().length) return;
    event.preventDefault();
    if (form.dataset.signOut === "clear") signOut(form);
    else location.assign(form.action);
  });
  // What is kept goes only when the signing out has arrived: without a line nothing is lost, and nobody is misled.
  const signOut = async (form) => {
    let reply;
    try {
      reply = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" });
    } catch { /* the line is cut */ }
    if (!reply?.ok) return void (box.querySelector("[data-unsent-cut]").hidden = false);
    clear();
    location.assign(reply.url);
  };
  box?.querySelector("[data-unsent-send]").addEventListener("click", () => { wait = 1000; send(); });
  show();
  addEventListener("storage", ({ key }) => { if (key?.startsWith(prefix)) tell(key.slice(prefix.length), "elsewhere"); });
  document.addEventListener("DOMContentLoaded", () => send()); // when the page's own scripts listen

  return { put, get, list, remove, send, token };
})();
