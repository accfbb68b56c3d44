/* A list of rows: choosing across pages, keys, folding filters. Without it the list still works:
   the boxes of one page are sent with the form, and filters and paging are plain links. */
(() => {
  "use strict";
  for (const part of document.querySelectorAll("[data-needs-script]")) part.hidden = false;

  const table = document.querySelector("[data-list]");
  const bar = document.querySelector("[data-selection]");
  const boxes = () => (table && bar ? [...table.querySelectorAll(`input[name="${table.dataset.name}"]`)] : []);

  /* What is chosen lives for this tab and these filters: paging keeps it, other filters do not. */
  const filters = new URLSearchParams(location.search);
  filters.delete("after");
  filters.delete("before");
  filters.delete("sort");
  const key = `chosen ${location.pathname}?${filters}`;
  let ids = new Set();
  let all = false;

  const recall = () => {
    try {
      const kept = JSON.parse(sessionStorage.getItem(key) || "{}");
      ids = new Set(kept.ids || []);
      all = Boolean(kept.all);
    } catch {
      ids = new Set(); // storage is forbidden here; the choice then lasts for this page
    }
  };
  const keep = () => {
    try {
      if (ids.size || all) sessionStorage.setItem(key, JSON.stringify({ ids: [...ids], all }));
      else sessionStorage.removeItem(key);
    } catch { /* as above */ }
  };

  const show = () => {
    const mine = boxes();
    for (const box of mine) box.checked = all || ids.has(box.value);
    const page = document.querySelector("[data-choose-page]");
    if (page) {
      const some = mine.filter((box) => box.checked).length;
      page.checked = mine.length > 0 && some === mine.length;
      page.indeterminate = some > 0 && some < mine.length;
    }
    if (!bar) return;
    const more = bar.querySelector("[data-choose-all]");
    const number = all ? more.dataset.words : String(ids.size);
    bar.querySelector("[data-count]").textContent = `${number} chosen`;
    bar.classList.toggle("on", all || ids.size > 0);
    bar.elements.more.value = all ? "" : [...ids].join(",");
    if (bar.elements.all) bar.elements.all.value = all ? "yes" : "";
    if (more) more.hidden = all || Number(more.dataset.chooseAll) <= mine.length;
  };

  const choose = (box) => {
    if (all && !box.checked) { // one of all left out: the others of this page stay chosen
      all = false;
      ids = new Set(boxes().map((one) => one.value));
    }
    if (box.checked) ids.add(box.value);
    else ids.delete(box.value);
    keep();
    show();
  };
  const clear = () => {
    ids = new Set();
    all = false;
    keep();
    show();
  };

  if (bar && table) {
    recall();
    show();
    addEventListener("pageshow", () => { recall(); show(); });
    table.addEventListener("change", (event) => {
      if (event.target.matches("[data-choose-page]")) {
        for (const box of boxes()) {
          if (event.target.checked) ids.add(box.value);
          else ids.delete(box.value);
        }
        all = false;
        keep();
        show();
      } else if (event.target.name === table.dataset.name) {
        choose(event.target);
      }
    });
    bar.addEventListener("click", (event) => {
      if (event.target.closest("[data-choose-all]")) {
        all = true;
        keep();
        show();
      }
      if (event.target.closest("[data-choose-none]")) clear();
    });
    /* Once it is sent off the choice is done with. */
    bar.addEventListener("submit", () => setTimeout(() => { sessionStorage.removeItem(key); }));
  }

  /* Filters fold on a phone. */
  for (const button of document.querySelectorAll("[data-unfold]")) {
    const set = document.getElementById(button.dataset.unfold);
    set.classList.add("folded");
    button.addEventListener("click", () => {
      const folded = set.classList.toggle("folded");
      button.setAttribute("aria-expanded", String(!folded));
    });
  }

  /* Keys of rows; those of every page, the sheet and its switch are in keys.js. */
  const rows = () => (table ? [...table.querySelectorAll("tbody tr[data-row]")] : []);
  const handle = (row) => row.querySelector("a.a, [data-row-focus]");
  const here = () => rows().findIndex((row) => row.contains(document.activeElement));
  const move = (step) => {
    const list = rows();
    const at = here();
    const next = list[at < 0 ? (step > 0 ? 0 : list.length - 1) : at + step];
    if (next) {
      handle(next).focus();
      next.scrollIntoView({ block: "nearest" });
    }
  };
  const toggle = () => {
    const row = rows()[here()];
    const box = row && row.querySelector(`input[name="${table.dataset.name}"]`);
    if (box) box.click();
  };
  const off = () => {
    try {
      return localStorage.getItem("keys") === "off";
    } catch {
      return false;
    }
  };
  /* A key of the row that has the focus; what its post cannot do any more is said. */
  const CANNOT = { e: "take other words", s: "take a time", p: "be published now", f: "go first" };
  const act = (key) => () => {
    const row = rows()[here()];
    const link = row && row.querySelector(`[data-row-key="${key}"]`);
    if (link) link.click();
    else if (row) {
      const words = `This post cannot ${CANNOT[key]}, or not by you. Press M for what it can.`;
      dispatchEvent(new CustomEvent("toast", { detail: { level: "info", words } }));
    }
  };
  const more = () => {
    const menu = rows()[here()]?.querySelector("details.menu");
    if (!menu) return;
    menu.open = true;
    menu.querySelector(".act")?.focus();
  };
  const ofPosts = table?.dataset.name === "post" && { e: act("e"), s: act("s"), p: act("p"), f: act("f"), m: more };
  const acts = { j: () => move(1), k: () => move(-1), x: toggle, ...ofPosts };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") {
      if (event.defaultPrevented) return;
      if (bar && table && (all || ids.size)) clear();
      return;
    }
    if (event.defaultPrevented || event.repeat && !"jk".includes(event.key)) return;
    if (off() || event.target.matches("input:not([type=checkbox]), select, textarea")) return;
    if (acts[event.key]) {
      event.preventDefault();
      acts[event.key]();
    }
  });
})();
