/* Questions. <a href="…" data-ask> opens the question at that address in the dialog #ask; without
   scripts, with a modifier key, or when the server does not answer, the link leads to its page.
   The answer is an ordinary form, so that a refusal is a page with the reason on it. */
(() => {
  "use strict";
  const dialog = document.getElementById("ask");
  if (!dialog) return;
  let asked = 0;

  const open = async (url) => {
    const mine = ++asked;
    try {
      const answer = await fetch(url, { headers: { "X-Part": "dialog" } });
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      const question = await answer.text();
      if (mine !== asked) return;
      dialog.innerHTML = question;
      offerOwnZone();
      if (!dialog.open) dialog.showModal();
    } catch {
      location.assign(url);
    }
  };

  const offerOwnZone = () => {
    const button = dialog.querySelector("[data-browser-zone]") || document.querySelector("[data-browser-zone]");
    const zone = button && Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!zone) return;
    button.hidden = false;
    button.querySelector("span").textContent = zone;
    button.onclick = () => {
      document.getElementById(button.dataset.browserZone).value = zone;
    };
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-ask]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    open(link.href);
  });

  addEventListener("ask", (event) => open(event.detail));
  dialog.addEventListener("close", () => dialog.replaceChildren());
  offerOwnZone();
})();
