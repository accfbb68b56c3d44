/* The side panel: one post, opened beside the calendar and closed again to where one was. */

import { Away, part, post as address } from "./server.js";
import { toast } from "./moving.js";

const side = document.getElementById("side");
let opener = null, shown = "";

export const close = () => {
  if (side.hidden) return;
  const inside = side.contains(document.activeElement);
  side.hidden = true;
  side.replaceChildren();
  shown = "";
  if (inside && opener) opener();
};

export const open = async (id, focusBack) => {
  shown = id;
  opener = focusBack;
  try {
    const found = await part(address(id));
    if (shown !== id) return;
    side.innerHTML = found;
  } catch (error) {
    if (!(error instanceof Away)) throw error;
    toast("error", error.message);
    return;
  }
  side.hidden = false;
  side.querySelector("h2").focus();
};

side.addEventListener("click", (event) => {
  if (event.target.closest("[data-side-close]")) close();
  if (event.target.closest("[data-move]")) close();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || side.hidden || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  close();
});
