/* Single keys. <a data-keys="g h"> is followed when its keys are pressed one after the other.
   Never while one types, never under a dialog, and not at all where a person switched them off. */
(() => {
  "use strict";
  const PATIENCE = 1200; // milliseconds between two keys of one sequence
  const KEPT = "keys";
  let begun = "", since = -PATIENCE;

  const on = () => {
    try {
      return localStorage.getItem(KEPT) !== "off";
    } catch {
      return true; // storage is forbidden here
    }
  };

  // A ticked box takes no letters. One in a dialog that has just been closed may still have the focus.
  const TICKED = "input:is([type=checkbox], [type=radio])";
  const typing = (element) =>
    element.closest("textarea, select, [contenteditable], dialog[open]") ||
    element.matches(`input:not(${TICKED})`);

  const sheet = () => document.getElementById("keys")?.showModal();

  const filter = () => {
    const field = document.querySelector("[data-filter]");
    if (field) field.focus();
    else dispatchEvent(new CustomEvent("palette"));
  };

  // `at`: when the key was pressed, however late a busy page comes to know of it.
  const press = (key, at) => {
    const keys = at - since < PATIENCE ? `${begun} ${key}`.trim() : key;
    for (const wanted of [keys, key]) {
      const link = [...document.querySelectorAll("[data-keys]")].find((one) => one.dataset.keys === wanted);
      if (link) {
        begun = "";
        link.click();
        return true;
      }
    }
    begun = key;
    since = at;
    return false;
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    if (!on() || typing(event.target) || document.querySelector("dialog[open]")) return;
    const act = { "?": sheet, "/": filter }[event.key];
    if (act) act();
    else if (event.key.length !== 1 || !press(event.key.toLowerCase(), event.timeStamp)) return;
    event.preventDefault();
  });

  const box = document.querySelector("[data-keys-switch]");
  if (box) {
    box.checked = on();
    box.addEventListener("change", () => {
      try {
        localStorage.setItem(KEPT, box.checked ? "on" : "off");
      } catch {
        /* it then lasts for this page */
      }
    });
  }
})();
