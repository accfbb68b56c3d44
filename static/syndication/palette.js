/* Search and jump: Ctrl-K, the box in the top bar, and "/" where a page has no filter of its own.
   The focus stays in the text box; aria-activedescendant says which result is the current one. */
(() => {
  "use strict";
  const PAUSE = 120; // milliseconds between the last key and the question
  const palette = document.getElementById("palette");
  if (!palette) return;
  const box = palette.querySelector("input");
  const list = palette.querySelector("[role=listbox]");
  const none = palette.querySelector("[role=status]");
  let pause, question;
  let stale = false; // the results are those of other words
  let eager = false; // Enter was pressed before the results were there

  const hits = () => [...list.children];
  const current = () => list.querySelector("[aria-selected=true]");

  const choose = (hit) => {
    for (const one of hits()) one.setAttribute("aria-selected", String(one === hit));
    if (hit) {
      box.setAttribute("aria-activedescendant", hit.id);
      hit.scrollIntoView({ block: "nearest" });
    } else {
      box.removeAttribute("aria-activedescendant");
    }
  };

  const look = async () => {
    question?.abort();
    question = new AbortController();
    const url = `${palette.dataset.url}?q=${encodeURIComponent(box.value)}`;
    try {
      const answer = await fetch(url, { headers: { "X-Part": "hits" }, signal: question.signal });
      if (!answer.ok || answer.redirected) return location.assign(url);
      list.innerHTML = await answer.text();
      box.setAttribute("aria-expanded", String(list.children.length > 0));
      none.textContent = list.children.length ? "" : "Nothing that you may see is called that.";
      choose(list.firstElementChild);
      stale = false;
      if (eager) go(current());
    } catch (error) {
      if (error.name !== "AbortError") none.textContent = "The server does not answer.";
    }
  };

  const open = () => {
    if (palette.open) return;
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
    box.value = "";
    stale = eager = false;
    palette.showModal();
    look();
  };

  const go = (hit) => {
    if (!hit) return;
    palette.close();
    if ("asks" in hit.dataset) dispatchEvent(new CustomEvent("ask", { detail: hit.dataset.url }));
    else location.assign(hit.dataset.url);
  };

  const move = (step) => {
    const all = hits();
    const next = all.indexOf(current()) + step;
    choose(all[(next + all.length) % all.length]);
  };

  const enter = () => {
    if (!stale) return go(current());
    eager = true;
    clearTimeout(pause);
    look();
  };

  box.addEventListener("input", () => {
    stale = true;
    eager = false;
    clearTimeout(pause);
    pause = setTimeout(look, PAUSE);
  });
  box.addEventListener("keydown", (event) => {
    const act = {
      ArrowDown: () => move(1), ArrowUp: () => move(-1), Enter: enter,
    }[event.key];
    if (!act || event.isComposing) return;
    event.preventDefault();
    act();
  });
  list.addEventListener("click", (event) => go(event.target.closest("[role=option]")));
  palette.addEventListener("close", () => { clearTimeout(pause); question?.abort(); });
  palette.addEventListener("click", (event) => event.target === palette && palette.close());

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-palette]");
    if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    event.preventDefault();
    open();
  });
  addEventListener("palette", open);
})();
