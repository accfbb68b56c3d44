/* Light, dark or as the system. Loaded before the page is painted, here and in the admin.

   The choice lives under the admin's own key, so that both always agree: `theme` is auto, light or
   dark; `data-theme` holds the choice and `data-bs-theme` what it comes to now. */
(() => {
  "use strict";
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const choices = ["auto", "light", "dark"];
  const words = { auto: "as the system", light: "light", dark: "dark" };

  const chosen = () => {
    try {
      const kept = localStorage.getItem("theme");
      return choices.includes(kept) ? kept : "auto";
    } catch {
      return "auto"; // storage is forbidden here
    }
  };

  const show = (choice) => {
    if (root.dataset.theme !== choice) root.dataset.theme = choice;
    root.dataset.bsTheme = choice === "auto" ? (dark.matches ? "dark" : "light") : choice;
    for (const button of document.querySelectorAll("[data-theme-button]")) {
      button.hidden = false;
      button.dataset.shows = choice;
      button.setAttribute("aria-label", `Theme: ${words[choice]}. Change`);
    }
  };

  const choose = (choice) => {
    try {
      localStorage.setItem("theme", choice);
    } catch {
      /* it then lasts for this page */
    }
    show(choice);
  };

  show(chosen());
  dark.addEventListener("change", () => show(chosen()));
  addEventListener("storage", () => show(chosen()));
  // The admin's own button writes data-theme; follow it.
  new MutationObserver(() => show(root.dataset.theme || "auto")).observe(root, {
    attributeFilter: ["data-theme"],
  });
  document.addEventListener("DOMContentLoaded", () => show(chosen()));
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-button]")) return;
    choose(choices[(choices.indexOf(chosen()) + 1) % choices.length]);
  });
})();
