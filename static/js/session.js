// The session's end, seen on every page: who signs out in one tab leaves all of them, and a page whose session has ended
// leaves the screen. Its own asking keeps nobody signed in. Without JavaScript a page stays until it is left.
"use strict";
(() => {
  const root = document.documentElement;
  const { reader, idle, still, out, signedOut } = root.dataset;
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("session") : null;
  if (signedOut !== undefined) channel?.postMessage("ended");
  if (!reader) return;

  const PATIENCE = 60_000; // a page that is seen asks this often; one that was not seen for longer is covered until it knows
  let known = Date.now(); // when the server said last that its reader is signed in
  let going = false;
  let ended = false; // another tab said that the session is over, and the server has not spoken since
  const leave = () => {
    going = true;
    cover(true);
    location.replace(`${out}?next=${encodeURIComponent(location.pathname + location.search)}`);
  };
  const cover = (covered) => root.classList.toggle("unsure", covered);
  const ask = async () => {
    try {
      const answer = await fetch(still, { headers: { "X-Reader": reader }, cache: "no-store", signal: AbortSignal.timeout(5000) });
      if (going) return;
      if (answer.status === 401) return void leave();
      if (answer.ok) {
        known = Date.now();
        ended = false;
      }
    } catch {
      if (going) return; // nobody answers: the page stays for as long as its session can still live
    }
    if (Date.now() - known > idle * 1000) leave();
    else if (!ended) cover(false);
  };
  const back = () => {
    if (going) return;
    if (Date.now() - known > PATIENCE) cover(true);
    ask();
  };

  setInterval(() => { if (!document.hidden && !going) ask(); }, PATIENCE); // what is being read is not covered for that
  document.addEventListener("visibilitychange", () => { if (!document.hidden) back(); });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    going = false; // shown again as it was left, by signing out perhaps
    cover(true);
    ask();
  });

  // Signing out is told twice: when it begins, so that the other tabs cover what they show, and by the page that says it
  // is done. Only the server's word makes them leave. The tab that signs out is on its way and listens no more.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-sign-out]")) return;
    going = true;
    channel?.postMessage("ending");
  });
  channel?.addEventListener("message", (event) => {
    if (going) return;
    cover(true);
    ended ||= event.data === "ended";
    if (event.data === "ending") setTimeout(() => { if (!going) ask(); }, 1000);
    else ask();
  });
})();
