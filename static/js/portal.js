// The portal's one script: keys, copying, ticking times, live refresh, the browser's zone. Every page works without it.
"use strict";
(() => {
  const root = document.documentElement;
  const words = (name) => document.getElementById("words")?.dataset[name] ?? "";
  const say = (text) => {
    const place = document.getElementById("said");
    if (!place) return;
    place.textContent = text;
    clearTimeout(say.timer);
    say.timer = setTimeout(() => { place.textContent = ""; }, 4000);
  };

  // Copying. data-copy="#id" copies that element's text (or value), data-copy-text copies its own words.
  // Without a clipboard (plain http, refused) the text is shown selected, ready for Ctrl+C.
  const textOf = (button) => {
    if (button.dataset.copyText !== undefined) return button.dataset.copyText;
    const source = document.querySelector(button.dataset.copy);
    return source ? (source.value ?? source.textContent).trim() : "";
  };
  const select = (text) => {
    let box = document.getElementById("by-hand");
    if (!box) {
      box = document.createElement("textarea");
      box.id = "by-hand";
      box.className = "by-hand";
      box.readOnly = true;
      box.setAttribute("aria-label", words("selected"));
      box.addEventListener("blur", () => box.remove());
      document.body.append(box);
    }
    box.value = text;
    box.focus();
    box.select();
    say(words("selected"));
  };
  const copy = async (button) => {
    const text = textOf(button);
    try {
      await navigator.clipboard.writeText(text);
      say(words("copied"));
    } catch {
      select(text); // no clipboard here, or it was refused
    }
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy], [data-copy-text]");
    if (button) {
      event.preventDefault();
      copy(button);
    }
    for (const menu of document.querySelectorAll("details.me[open]")) if (!menu.contains(event.target)) menu.open = false;
  });

  // Keys, by their place on the keyboard (the layout is often Russian): / search, j k rows, c l copy, ? help.
  // Enter opens a row by itself, for the focus stands on its link.
  const typing = (element) => element?.closest("input, textarea, select, [contenteditable]") != null;
  const step = (by) => {
    const rows = [...document.querySelectorAll("[data-row]")].filter((row) => row.getClientRects().length);
    if (!rows.length) return false;
    const here = rows.indexOf(document.activeElement);
    rows[here < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, here + by))].focus();
    return true;
  };
  const press = (selector) => {
    const target = document.querySelector(selector);
    target?.click();
    return target != null;
  };
  const find = () => {
    const box = document.querySelector("[data-find]") ?? document.getElementById("find");
    box?.focus();
    box?.select?.();
    return box != null;
  };
  const keys = {
    Slash: (event) => (event.shiftKey ? press("[data-help]") : find()),
    KeyJ: () => step(1),
    KeyK: () => step(-1),
    KeyC: () => press("[data-key=c]"),
    KeyL: () => press("[data-key=l]"),
  };
  document.addEventListener("keydown", (event) => {
    if (event.code === "Escape") {
      root.classList.add("quiet");
      const menu = document.querySelector("details.me[open]");
      if (menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
      return;
    }
    if (root.dataset.keys === "off" || event.isComposing || event.repeat && event.code !== "KeyJ" && event.code !== "KeyK") return;
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.shiftKey && event.code !== "Slash") return;
    if (Object.hasOwn(keys, event.code) && keys[event.code](event)) event.preventDefault();
  });
  document.addEventListener("focusin", () => root.classList.remove("quiet"));

  // Boxes for a pasted list: Enter asks, Shift+Enter starts a line; a list pasted into one line keeps its gaps.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches?.("textarea[data-find]")) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  });
  document.addEventListener("paste", (event) => {
    const box = event.target;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!box.matches?.("input#find, input[data-find]") || !/[\r\n]/.test(text)) return;
    event.preventDefault();
    box.setRangeText(text.trim().replace(/\s*[\r\n]+\s*/g, "; "), box.selectionStart, box.selectionEnd, "end");
  });

  // Times that tick: <time data-ago="the server's now">. The browser's own clock is used only for how much has passed.
  const arrived = new WeakMap();
  const ago = (seconds) => {
    if (seconds < 0) return words("now");
    const units = [[86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]];
    const at = units.findIndex(([size]) => seconds >= size);
    const [size, unit] = units[at < 0 ? 3 : at];
    let text = `${Math.floor(seconds / size)}\u00a0${words(unit)}`;
    if (unit === "day" || unit === "hour") {
      const [small, smallUnit] = units[at + 1];
      const rest = Math.floor((seconds % size) / small);
      if (rest) text += `\u00a0${rest}\u00a0${words(smallUnit)}`;
    }
    return `${text}\u00a0${words("ago")}`;
  };
  const tick = () => {
    if (document.hidden) return;
    for (const time of document.querySelectorAll("time[data-ago]")) {
      if (!arrived.has(time)) arrived.set(time, performance.now());
      const passed = (performance.now() - arrived.get(time)) / 1000;
      const age = Math.floor(Number(time.dataset.ago) + passed - Date.parse(time.dateTime) / 1000);
      const text = ago(age);
      if (passed >= 1 && time.textContent !== text) time.textContent = text;
    }
  };
  tick();
  setInterval(tick, 1000);

  // Live refresh. data-live on an element with hx-get and hx-trigger="every 15s": asks only while the page is seen, says
  // that it asks by itself (so that it keeps no session alive), leaves focus, selection, opened details and scroll alone.
  // It ends when the answer is 286 or carries HX-Trigger: stop, and when the sign-in has ended. It pauses when the
  // sign-in has to be checked again (401, X-Live-Refresh: paused) until the person does something: that asks for them.
  const busy = (part) => {
    const chosen = getSelection();
    const here = document.activeElement;
    return part.contains(here) && (typing(here) || here.closest("details[open]") != null)
      || (chosen && !chosen.isCollapsed && part.contains(chosen.anchorNode));
  };
  const still = (part) => {
    part.removeAttribute("hx-trigger");
    part.removeAttribute("hx-get");
    part.removeAttribute("data-live");
    window.htmx?.process(part);
  };
  const pause = (part) => {
    part.dataset.live = "paused";
    const place = part.querySelector(".fresh");
    place?.classList.add("old");
    place?.append(` · ${words("paused")}`);
    say(words("paused"));
  };
  let person = false;
  const resume = () => {
    const part = document.querySelector("[data-live=paused]");
    if (!part || person || busy(part)) return;
    person = true;
    window.htmx.ajax("GET", part.getAttribute("hx-get"), { source: part, target: part, swap: "outerHTML" })
      .finally(() => { person = false; });
  };
  for (const doing of ["click", "keyup"]) document.addEventListener(doing, resume);
  document.addEventListener("htmx:beforeRequest", (event) => {
    const part = event.detail.elt;
    if (!part.matches("[data-live]")) return;
    if (document.hidden || busy(part) || part.dataset.live === "paused" && !person) event.preventDefault();
  });
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt.matches("[data-live]") && !person) event.detail.headers["X-Live-Refresh"] = "1";
  });
  const twin = (one) => { // how to find what has the focus in the part that comes: by its id, a link by where it leads
    if (one.id) return `#${CSS.escape(one.id)}`;
    const href = one.getAttribute("href");
    return href ? `[data-live] a[href="${CSS.escape(href)}"]` : "";
  };
  let kept = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const part = event.detail.elt;
    if (!part.matches("[data-live]")) return;
    const open = [...document.querySelectorAll("details[id][open]")].map((one) => one.id);
    kept = { x: scrollX, y: scrollY, open, focus: part.contains(document.activeElement) ? twin(document.activeElement) : "" };
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (!kept) return;
    for (const id of kept.open) document.getElementById(id)?.setAttribute("open", "");
    if (kept.focus) document.querySelector(kept.focus)?.focus({ preventScroll: true });
    scrollTo({ left: kept.x, top: kept.y, behavior: "instant" });
    kept = null;
    tick();
  });
  document.addEventListener("stop", (event) => still(event.target.closest?.("[data-live]") ?? document.querySelector("[data-live]") ?? root));
  document.addEventListener("htmx:responseError", (event) => {
    const { elt: part, xhr } = event.detail;
    if (!part.matches("[data-live]")) return;
    if (xhr.getResponseHeader("X-Live-Refresh") === "paused") pause(part);
    else if ([401, 403, 404].includes(xhr.status)) still(part);
  });

  // The reader's own zone: the button appears once its name is known; the server then writes all times in it.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const mine = document.querySelector("button[data-zone]");
  if (mine && zone) {
    mine.value = zone;
    mine.title = zone;
    mine.hidden = false;
  }
})();
