/* What pages do beyond links and forms. Wired by data- attributes; without it pages still work. */
(() => {
  "use strict";

  /* <a data-dialog="id" href="…"> opens the dialog; without one here the link leads to its page. */
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    const dialog = opener && document.getElementById(opener.dataset.dialog);
    if (dialog && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      dialog.showModal();
    }
    const closer = event.target.closest("[data-close]");
    const open = closer && closer.closest("dialog");
    if (open) {
      event.preventDefault();
      open.close();
    }
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  /* What looks like a button is pressed like one. */
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || !event.target.matches("a[role=button]")) return;
    event.preventDefault();
    event.target.click();
  });

  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (!menu) return;
    event.preventDefault(); // this press closes the menu, and does nothing else
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  /* <button data-tick="all|none"> ticks the boxes beside it, as a person would one by one. */
  const offerTicking = () => {
    for (const bar of document.querySelectorAll("[data-ticking]")) bar.hidden = false;
  };
  offerTicking();
  document.body.addEventListener("htmx:load", offerTicking);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-tick]");
    if (!button) return;
    for (const box of button.closest("[data-ticks]").querySelectorAll("input[type=checkbox]")) {
      if (box.checked === (button.dataset.tick === "all")) continue;
      box.checked = !box.checked;
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });

  /* A form is sent once. The server would refuse the second one anyway. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  /* <time data-clock="Europe/London"> shows the time now in that zone. */
  const tick = () => {
    for (const clock of document.querySelectorAll("[data-clock]")) {
      clock.textContent = new Intl.DateTimeFormat("en-GB", {
        timeZone: clock.dataset.clock, hour: "2-digit", minute: "2-digit", timeZoneName: "short",
      }).format(new Date());
    }
  };
  tick();
  setInterval(tick, 5000);

  /* Live parts: ask with the tag of what is shown, so that the same answer is a 304 and no swap. */
  document.body.addEventListener("htmx:configRequest", (event) => {
    const tag = event.target.dataset.etag;
    if (tag) event.detail.headers["If-None-Match"] = tag;
  });
})();
