/* The composer: tabs of text, what belongs to which choice, and what the server says to it.

   The server counts, previews and judges; this only shows and hides, and remembers small things.
   Everything is looked up anew each time, because answers of the server replace parts of the form. */
(() => {
  "use strict";

  const composer = () => document.querySelector("[data-composer]");
  let tab = "";

  /* One text is shown at a time: that for all, or that of one channel that is chosen. */
  const showTabs = (form) => {
    const tabs = form.querySelector("[data-tabs]");
    const chosen = new Set(
      [...form.querySelectorAll("[data-channel]:checked")].map((box) => box.dataset.channel),
    );
    const panels = [...form.querySelectorAll("[data-panel]")];
    const written = (key) => {
      const panel = panels.find((one) => one.dataset.panel === key);
      if (!panel) return false;
      const chosen = panel.querySelector(".options input:checked");
      return Boolean(chosen) || [...panel.querySelectorAll("textarea, .options input:not([type=checkbox])")]
        .some((field) => field.value.trim());
    };
    const buttons = [...tabs.querySelectorAll("[data-tab]")];
    for (const button of buttons) {
      const key = button.dataset.tab;
      button.hidden = key !== "" && !chosen.has(key) && !written(key);
      button.dataset.own = key !== "" && written(key) ? "yes" : "";
    }
    if (!buttons.some((button) => button.dataset.tab === tab && !button.hidden)) tab = "";
    for (const button of buttons) button.setAttribute("aria-pressed", button.dataset.tab === tab);
    for (const panel of panels) {
      panel.hidden = panel.dataset.panel !== tab;
      if (panel.matches("details")) panel.open = true;
    }
    tabs.hidden = buttons.filter((button) => !button.hidden).length < 2;
    form.classList.add("tabbed");
    for (const copy of form.querySelectorAll("[data-copy-shared]")) {
      copy.hidden = Boolean(copy.closest("[data-panel]").querySelector("textarea").value);
    }
  };

  /* Fields that belong to one way of sending are shown with it. */
  const showWay = (form) => {
    const way = form.querySelector("[name=when]:checked");
    for (const part of form.querySelectorAll("[data-for]")) {
      part.hidden = !way || !part.dataset.for.split(" ").includes(way.value);
    }
  };

  const remembered = (form) => {
    for (const field of form.querySelectorAll("[data-remember]")) {
      try {
        const kept = localStorage.getItem(`compose-${field.dataset.remember}`);
        if (kept && form.hasAttribute("data-fresh")) field.value = kept;
      } catch {
        /* storage is forbidden here; the first choice stands */
      }
    }
  };

  /* Said to screen readers; the line stays while answers of the server replace the form. */
  const announce = (words) => {
    const line = document.querySelector("[data-announced]");
    if (line && line.textContent !== words) line.textContent = words;
  };

  const tellServer = (form) => form.dispatchEvent(new CustomEvent("composed", { bubbles: true }));

  const refresh = () => {
    const form = composer();
    if (!form) return;
    showTabs(form);
    showWay(form);
  };

  document.addEventListener("click", (event) => {
    const form = event.target.closest("[data-composer]");
    if (!form) return;
    const button = event.target.closest("[data-tab]");
    if (button) {
      tab = button.dataset.tab;
      refresh();
      form.querySelector(`[data-panel="${CSS.escape(tab)}"] textarea`).focus();
    }
    const copy = event.target.closest("[data-copy-shared]");
    if (copy) {
      const own = copy.closest("[data-panel]").querySelector("textarea");
      own.value = form.querySelector("#text").value;
      own.focus();
      refresh();
      tellServer(form);
    }
    const set = event.target.closest("[data-choose]");
    if (set) {
      event.preventDefault();
      const names = set.dataset.choose.split(" ");
      for (const box of form.querySelectorAll("[data-channel]:enabled")) {
        box.checked = names.includes(box.value);
      }
      refresh();
      tellServer(form);
    }
    const move = event.target.closest("[data-move]");
    if (move) {
      event.preventDefault();
      movePicture(form, move);
    }
    const to = event.target.closest("a[role=button][href^='#']");
    const field = to && document.getElementById(to.getAttribute("href").slice(1));
    if (field) {
      event.preventDefault();
      if (field.closest("details")) field.closest("details").open = true;
      field.focus();
      field.scrollIntoView({ block: "center" });
    }
  });

  /* Pictures move up and down by their buttons, and with Alt and an arrow from anywhere in a row. */
  const movePicture = (form, button) => {
    const row = button.closest("[data-picture]");
    const earlier = button.dataset.move === "earlier";
    const other = earlier ? row.previousElementSibling : row.nextElementSibling;
    const rows = [...row.parentElement.children];
    if (!other) {
      announce(`${row.dataset.name} is the ${earlier ? "first" : "last"} already.`);
      return;
    }
    if (earlier) row.after(other);
    else row.before(other);
    announce(`${row.dataset.name} is ${rows.indexOf(other) + 1} of ${rows.length} now.`);
    tellServer(form);
  };

  document.addEventListener("keydown", (event) => {
    const way = { ArrowUp: "earlier", ArrowDown: "later" }[event.key];
    const row = way && event.altKey && event.target.closest("[data-composer] [data-picture]");
    if (!row) return;
    event.preventDefault();
    movePicture(row.closest("[data-composer]"), row.querySelector(`[data-move=${way}]`));
  });

  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-composer]");
    if (!form) return;
    if (event.target.dataset.remember) {
      try {
        localStorage.setItem(`compose-${event.target.dataset.remember}`, event.target.value);
      } catch {
        /* it then lasts for this page */
      }
    }
    refresh();
  });

  /* A text that no server takes stays here, and its writer is told at once. */
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-composer]");
    const long = form && [...form.querySelectorAll("[data-max]")].find(
      (field) => field.value.length > Number(field.dataset.max),
    );
    if (!long) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    tab = long.closest("[data-panel]").dataset.panel;
    refresh();
    sayTooLong(form, long);
    long.focus();
  }, true);

  const sayTooLong = (form, field) => {
    const place = field.closest("[data-panel]").dataset.panel
      ? field.parentElement.querySelector(".errors") : form.querySelector("#error-text");
    const words = document.createElement("p");
    words.className = "error";
    words.setAttribute("role", "alert");
    const count = (number) => Number(number).toLocaleString("en-GB");
    words.textContent = `The text has ${count(field.value.length)} characters and ` +
      `${count(field.dataset.max)} is the most kept. Nothing was saved. Shorten it.`;
    place.replaceChildren(words);
  };

  /* What is typed while a fix is on its way wins over its answer, which does not know of it. */
  let typed = 0;
  document.addEventListener("input", () => { typed += 1; }, true);
  document.addEventListener("htmx:beforeRequest", (event) => {
    event.detail.xhr.typedBefore = typed;
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "composer" || event.detail.xhr.typedBefore === typed) return;
    event.detail.shouldSwap = false;
    tellServer(composer());
  });

  /* Megabytes are not sent with every pause of the writer. Asked before the form is read: that alone
     takes a browser many seconds by then. */
  document.addEventListener("htmx:confirm", (event) => {
    const form = event.target.closest("[data-composer]");
    const long = form && [...form.querySelectorAll("[data-max]")].find(
      (field) => field.value.length > 2 * Number(field.dataset.max),
    );
    if (!long) return;
    event.preventDefault();
    sayTooLong(form, long);
  });

  /* What a window sends later counts later, also where it did not wait for the answer before. */
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.target.closest("[data-composer]")) event.detail.parameters.turn = Date.now();
  });

  /* A field keeps the height its writer gave it. */
  const heights = new Map();
  document.addEventListener("htmx:beforeSwap", () => {
    const form = composer();
    if (!form) return;
    for (const field of form.querySelectorAll("textarea")) heights.set(field.id, field.style.height);
  });

  const saidNow = (form) => {
    const line = form.querySelector("[data-said]");
    return line ? line.textContent.replace(/\s+/g, " ").trim() : "";
  };
  let said = "";
  document.addEventListener("htmx:afterSettle", () => {
    refresh();
    const form = composer();
    if (!form) return;
    for (const field of form.querySelectorAll("textarea")) {
      if (heights.get(field.id)) field.style.height = heights.get(field.id);
    }
    if (saidNow(form) !== said) announce(saidNow(form));
    said = saidNow(form);
  });

  /* After a refusal: to what was refused, in the text it belongs to. */
  const showRefused = (form) => {
    const refused = form.querySelector("[role=alert]:not([hidden])");
    if (!refused || form.hasAttribute("data-fresh")) return;
    const panel = refused.closest("[data-panel]");
    if (panel) tab = panel.dataset.panel;
    refresh();
    refused.scrollIntoView({ block: "center" });
  };

  document.addEventListener("DOMContentLoaded", () => {
    const form = composer();
    if (!form) return;
    remembered(form);
    refresh();
    showRefused(form);
    said = saidNow(form);
  });

  /* Back to a form that was sent: the page as it was would offer it again. Ask anew. */
  let pressed = false;
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-composer]")) pressed = true;
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted && pressed) location.reload();
  });
})();
