/* Toasts: six seconds, longer while the pointer or the focus is on them. Errors stay.

   The server puts its messages into #toasts, also out of band (hx-swap-oob="beforeend:#toasts").
   Scripts say: dispatchEvent(new CustomEvent("toast", { detail: { level, words, act } })), where
   act, if any, is a button: { words, run }. */
(() => {
  "use strict";
  const SHOWN = 6000; // milliseconds
  const shelf = document.getElementById("toasts");
  if (!shelf) return;
  const looks = {
    error: ["failed", "circle-xmark"], success: ["published", "circle-check"],
    warning: ["unconfirmed", "circle-info"], info: ["scheduled", "circle-info"],
  };

  const make = ({ level, words, act }) => {
    const [look, icon] = looks[level] || looks.info;
    const toast = document.createElement("div");
    toast.className = `toast-x s-${look}`;
    toast.dataset.toast = level;
    toast.setAttribute("role", level === "error" ? "alert" : "status");
    toast.innerHTML = `<i class="fa-solid fa-${icon}" aria-hidden="true"></i><span class="grow"></span>
      <button type="button" class="icon-btn sm" data-dismiss hidden><i class="fa-solid fa-xmark" aria-hidden="true"></i><span class="visually-hidden">Dismiss</span></button>`;
    toast.querySelector(".grow").textContent = words;
    if (act) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-sm btn-outline-secondary";
      button.textContent = act.words;
      button.addEventListener("click", () => {
        toast.remove();
        act.run();
      });
      toast.querySelector("[data-dismiss]").before(button);
    }
    shelf.append(toast);
  };

  const tend = (toast) => {
    if (toast.dataset.tended) return;
    toast.dataset.tended = "yes";
    toast.querySelector("[data-dismiss]").hidden = false;
    if (toast.dataset.toast === "error") return;
    let left;
    const wait = () => {
      clearTimeout(left);
      left = setTimeout(() => toast.remove(), SHOWN);
    };
    const stay = () => clearTimeout(left);
    const leave = () => toast.matches(":hover, :focus-within") || wait();
    toast.addEventListener("mouseenter", stay);
    toast.addEventListener("focusin", stay);
    toast.addEventListener("mouseleave", () => setTimeout(leave));
    toast.addEventListener("focusout", () => setTimeout(leave));
    wait();
  };

  const tendAll = () => shelf.querySelectorAll("[data-toast]").forEach(tend);

  shelf.addEventListener("click", (event) => {
    if (event.target.closest("[data-dismiss]")) event.target.closest("[data-toast]").remove();
  });
  addEventListener("toast", (event) => make(event.detail));
  new MutationObserver(tendAll).observe(shelf, { childList: true });

  /* A live region speaks only of what is put into it, so what came with the page is put in anew. */
  const came = [...shelf.children];
  setTimeout(() => shelf.append(...came), 150);
  tendAll();
})();
