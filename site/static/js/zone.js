/* Proposes the browser's time zone to who has chosen none; it counts once the form is saved. */
(() => {
  const field = document.querySelector("select[name=time_zone]");
  if (!field || field.value) return;
  const now = zone => new Intl.DateTimeFormat("en", zone && { timeZone: zone }).resolvedOptions().timeZone;
  const named = zone => { try { return now(zone); } catch { return ""; } };
  const here = now(); /* browsers may know a zone by its former name: Asia/Calcutta */
  const zones = [...field.options].map(option => option.value).filter(Boolean);
  const found = zones.includes(here) ? here : zones.find(zone => named(zone) === here);
  if (found) field.value = found;
})();
