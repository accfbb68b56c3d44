/* The composer's choice out of the media library. The dialog is that of asking.js; filters and
   pages load within it, what is ticked is kept over them, and the rows come as after an upload. */
(() => {
  "use strict";
  const chosen = new Set();
  const part = (element) => element.closest("#ask [data-choose]");

  const load = async (url) => {
    const answer = await fetch(url, { headers: { "X-Part": "dialog" } });
    const dialog = document.getElementById("ask");
    if (!answer.ok || answer.redirected || !dialog.open) {
      location.assign(url);
      return;
    }
    dialog.innerHTML = await answer.text();
    for (const box of dialog.querySelectorAll("[name=picture]")) box.checked = chosen.has(box.value);
    (dialog.querySelector("[name=picture]") || dialog.querySelector("[type=search]")).focus();
  };

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-library]");
    if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    dispatchEvent(new CustomEvent("ask", { detail: opener.dataset.library }));
  });

  document.addEventListener("change", (event) => {
    if (!part(event.target) || event.target.name !== "picture") return;
    if (event.target.checked) chosen.add(event.target.value);
    else chosen.delete(event.target.value);
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-choose-pages] a");
    if (!link || !part(link)) return;
    event.preventDefault();
    load(link.href);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!part(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.matches("[data-choose-filters]")) load(`${form.action}?${new URLSearchParams(new FormData(form))}`);
    else {
      document.getElementById("ask").close();
      dispatchEvent(new CustomEvent("media-chosen", { detail: [...chosen] }));
    }
  }, true);

  document.getElementById("ask")?.addEventListener("close", () => setTimeout(() => chosen.clear()));
})();
