// Keeps a page as things are now, while somebody looks at it. Every page is whole without this: only what
// has changed is written over, and never what has the focus, a form, or text that is selected.
"use strict";
{
  const main = document.querySelector("main[data-live]");
  const told = document.getElementById("live-state");
  let source = null;
  let latest = null;
  let timer = null;
  let wait = 0;
  let over = false;

  const tell = (words) => {
    if (told.textContent !== words) told.textContent = words;
  };

  const focused = () => {
    const it = document.activeElement;
    return it && it.matches("a, button, input, select, textarea, summary") ? it : null;
  };

  const holdsFocus = (node) => focused() !== null && node.contains(focused());

  const same = (old, fresh) =>
    old.nodeType === fresh.nodeType && old.nodeName === fresh.nodeName && old.id === fresh.id;

  const attributes = (old, fresh) => {
    for (const { name } of [...old.attributes]) {
      if (name !== "open" && !fresh.hasAttribute(name)) old.removeAttribute(name);
    }
    for (const { name, value } of fresh.attributes) {
      if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
  };

  const take = (node) => {
    if (!holdsFocus(node)) node.remove();
  };

  // Walks along both lists: what is in both stays and is changed in place, so that focus and scrolling do.
  const children = (old, fresh) => {
    const kids = [...old.childNodes];
    const kept = new Set();
    for (const wanted of [...fresh.childNodes]) {
      const isText = wanted.nodeType !== Node.ELEMENT_NODE;
      const place = (isText ? kids.slice(0, 1) : kids).findIndex((kid) => same(kid, wanted));
      if (place < 0) {
        if (!wanted.id || !kept.has(wanted.id)) old.insertBefore(wanted, kids[0] ?? null);
        continue;
      }
      for (const passed of kids.splice(0, place)) {
        if (holdsFocus(passed) && passed.id) kept.add(passed.id);
        take(passed);
      }
      change(kids.shift(), wanted);
    }
    kids.forEach(take);
  };

  const change = (old, fresh) => {
    if (old.isEqualNode(fresh) || old === focused() || old.nodeName === "FORM") return;
    if (old.nodeType === Node.ELEMENT_NODE) {
      attributes(old, fresh);
      children(old, fresh);
    } else {
      old.data = fresh.data;
      old.parentElement?.closest(".number")?.classList.add("changed");
    }
  };

  const isSelecting = () => {
    const selection = document.getSelection();
    return selection !== null && !selection.isCollapsed && main.contains(selection.anchorNode);
  };

  const show = () => {
    if (latest === null || isSelecting()) return;
    const fresh = new DOMParser().parseFromString(latest, "text/html").body;
    for (const part of [...fresh.children]) {
      const old = document.getElementById(part.id);
      if (old !== null && main.contains(old)) change(old, part);
    }
  };

  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = null;
  };

  const connect = () => {
    if (source !== null || over || document.hidden) return;
    source = new EventSource(main.dataset.live);
    source.addEventListener("fragment", (event) => {
      wait = 0;
      latest = event.data;
      tell("Live.");
      show();
    });
    source.addEventListener("over", () => {
      over = true;
      close();
      tell("Not live: the session is over. Log in again.");
    });
    source.addEventListener("error", () => {
      if (over) return;
      tell("Not live: this is how things were. It is tried again.");
      if (source?.readyState !== EventSource.CLOSED) return;
      close();
      wait = Math.min(wait * 2 || 5, 60);
      timer = setTimeout(connect, wait * 1000);
    });
  };

  if (main !== null) {
    // A page that nobody sees needs nothing, and a browser has few connections to one place.
    document.addEventListener("visibilitychange", () => (document.hidden ? close() : connect()));
    addEventListener("pagehide", close);
    addEventListener("pageshow", connect);
    // What was left alone is made up for.
    document.addEventListener("focusout", () => setTimeout(show));
    document.addEventListener("selectionchange", () => setTimeout(show));
    connect();
  }
}
