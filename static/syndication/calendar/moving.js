/* Moving posts and taking moves back: by dragging, by keys and in the dialog, all by one way. */

import { act, Away, part, post as address } from "./server.js";

const KEPT = "moves"; // in the session of this tab
const MOST = 20;
const dialog = document.getElementById("move");
const button = document.getElementById("undo");
const speaker = document.getElementById("cal-said");
let page = null; // { refresh(id, wall), refocus() }

export const say = (words) => {
  speaker.textContent = "";
  setTimeout(() => { speaker.textContent = words; }, 30);
};

export const toast = (level, words, action) =>
  dispatchEvent(new CustomEvent("toast", { detail: { level, words, act: action } }));

const moves = () => {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) || "[]");
  } catch {
    return []; // storage is forbidden here; a move is then undone from its toast only
  }
};
const keep = (list) => {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(list.slice(-MOST)));
  } catch { /* as above */ }
  button.hidden = !list.length;
};

const undo = async (one) => {
  keep(moves().filter((other) => other.id !== one.id || other.undo.version !== one.undo.version));
  try {
    const said = await act(address(one.id, "undo"), one.undo);
    if (said.refused) {
      toast("error", said.refused);
      return;
    }
    toast("success", `“${one.title}” is back: ${said.said}.`);
    say(`Undone. ${one.title} is back: ${said.said}.`);
    await page.refresh(one.id, one.undo.wall);
  } catch (error) {
    if (!(error instanceof Away)) throw error;
    toast("error", `${error.message} The move was not undone.`);
  }
};

/* What the new time is in conflict with. The move stands. */
const warning = ([first, ...more]) => {
  if (!first) return "";
  return ` To know: ${first}${more.length ? ` And ${more.length} more.` : ""}`;
};

/* Give a post a time. Returns null when it was moved, else the refusal; `quiet`: whoever asked
   shows it. */
export const move = async ({ id, title, version, wall, zone, fold = "" }, quiet = false) => {
  let said;
  try {
    said = await act(address(id, "move"), { wall, zone, fold, version });
  } catch (error) {
    if (!(error instanceof Away)) throw error;
    said = { refused: `${error.message} “${title}” was not moved.` };
  }
  if (said.refused) {
    if (said.code === "gap" || said.code === "twice") {
      if (!quiet) await openMove(id, { wall, zone });
    } else if (!quiet) toast("error", said.refused);
    if (!quiet) say(`Not moved. ${said.refused}`);
    return said;
  }
  const one = { id, title, undo: said.undo };
  if (said.undo) keep([...moves(), one]);
  const warned = warning(said.warned || []);
  toast(warned ? "warning" : "success", `“${title}” goes out ${said.said}.${warned}`, said.undo && { words: "Undo", run: () => undo(one) });
  say(`Moved to ${said.said}.${warned}`);
  await page.refresh(id, wall);
  return null;
};

/* The dialog "Move to…". What is typed is checked by the server while one types. */
const step = (field, back) => {
  if (field.name === "time" && field.value) {
    const [hours, minutes] = field.value.split(":").map(Number);
    const all = (hours * 60 + minutes + (back ? -15 : 15) + 1440) % 1440;
    field.value = `${String(Math.floor(all / 60)).padStart(2, "0")}:${String(all % 60).padStart(2, "0")}`;
  } else if (field.name === "day" && field.value) {
    const day = new Date(`${field.value}T00:00:00Z`);
    day.setUTCDate(day.getUTCDate() + (back ? -7 : 7));
    field.value = day.toISOString().slice(0, 10);
  }
};

const PAUSE = 200; // milliseconds without a key before the server is asked
let turn = 0, opener = null, pause = null;

const wallIn = (form) => `${form.elements.day.value}T${form.elements.time.value}`;
const foldIn = (form) => form.querySelector("[name=fold]:checked")?.value || "";

const check = async (form) => {
  const mine = ++turn;
  const place = form.querySelector("[data-move-check]");
  if (!form.elements.day.value || !form.elements.time.value) {
    place.replaceChildren();
    return;
  }
  const asked = new URLSearchParams({ wall: wallIn(form), zone: form.elements.zone.value, fold: foldIn(form) });
  try {
    const found = await part(`${form.dataset.check}?${asked}`);
    if (mine !== turn) return;
    const focused = document.activeElement?.name === "fold" && foldIn(form);
    place.innerHTML = found;
    if (focused) place.querySelector(`[name=fold][value="${focused}"]`)?.focus();
  } catch (error) {
    if (error instanceof Away) place.textContent = error.message;
    else throw error;
  }
};

export const openMove = async (id, at = null) => {
  opener = document.activeElement;
  try {
    dialog.innerHTML = await part(address(id, "move"));
  } catch (error) {
    if (!(error instanceof Away)) throw error;
    toast("error", `${error.message} Nothing was moved.`);
    return;
  }
  const form = dialog.querySelector("form");
  if (at) {
    form.elements.day.value = at.wall.slice(0, 10);
    if (at.wall.length > 10) form.elements.time.value = at.wall.slice(11, 16);
    if (at.zone) form.elements.zone.value = at.zone;
  }
  if (!dialog.open) dialog.showModal();
  form.elements[form.elements.day.value ? "time" : "day"].focus();
  await check(form);
};

const send = async (form) => {
  const error = form.querySelector("[data-move-error]");
  const id = form.action.match(/posts\/(\d+)\/move/)[1];
  const title = form.querySelector(".strong").textContent;
  const refusal = await move({
    id, title, version: form.elements.version.value, wall: wallIn(form),
    zone: form.elements.zone.value, fold: foldIn(form),
  }, true);
  delete form.dataset.sent;
  if (!refusal) {
    opener = null; // the focus goes to where the post is now
    dialog.close();
    return;
  }
  error.textContent = refusal.refused;
  error.hidden = false;
  await check(form);
};

export const start = (calendarPage) => {
  page = calendarPage;
  keep(moves());
  button.addEventListener("click", () => {
    const last = moves().pop();
    if (last) undo(last);
  });
  document.addEventListener("click", (event) => {
    const wanted = event.target.closest("[data-move]");
    if (wanted) openMove(wanted.dataset.move);
  });
  dialog.addEventListener("input", (event) => {
    const form = event.target.closest("form");
    form.querySelector("[data-move-error]").hidden = true;
    clearTimeout(pause);
    pause = setTimeout(() => check(form), PAUSE);
  });
  dialog.addEventListener("click", (event) => {
    const instead = event.target.closest("[data-instead]");
    if (!instead) return;
    const form = instead.closest("form");
    [form.elements.day.value, form.elements.time.value] = instead.dataset.instead.split("T");
    check(form);
    form.elements.time.focus();
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "PageUp" && event.key !== "PageDown") return;
    event.preventDefault();
    step(event.target, event.key === "PageUp");
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
  });
  dialog.addEventListener("submit", (event) => {
    event.preventDefault();
    send(event.target);
  });
  dialog.addEventListener("close", () => {
    dialog.replaceChildren();
    if (opener?.isConnected) opener.focus();
    else page.refocus();
  });
};
