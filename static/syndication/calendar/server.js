/* What the calendar asks the server, and what is said when the server does not answer.

   Times go out as a wall time and the name of a zone. They are never computed here. */

const grid = document.getElementById("calendar");
const trouble = document.getElementById("cal-trouble");
let kept = null, asking = null;

export class Away extends Error {}

/* Filters and zone of the page go with every question. */
export const query = (more = {}) => {
  const asked = new URLSearchParams(location.search);
  for (const name of ["view", "date", "suggested"]) asked.delete(name);
  asked.set("zone", grid.dataset.zone);
  for (const [name, value] of Object.entries(more)) asked.set(name, value);
  return asked.toString();
};

const troubled = (words, link) => {
  const place = trouble.querySelector("span");
  if (place.textContent.startsWith(words)) return;
  place.textContent = words;
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link.url;
    anchor.textContent = link.words;
    place.append(" ", anchor);
  }
  trouble.hidden = false;
};

const ask = async (url, options = {}) => {
  let answer;
  try {
    answer = await fetch(url, { ...options, headers: { "X-Part": "calendar", ...options.headers } });
  } catch {
    troubled("The server does not answer. What you see may be old, and nothing is saved until it is back.");
    throw new Away("The server does not answer.");
  }
  if (answer.status === 401) {
    const next = encodeURIComponent(location.pathname + location.search);
    troubled("You are signed out, so nothing is saved.", { words: "Sign in again", url: `${grid.dataset.signIn}?next=${next}` });
    throw new Away("You are signed out.");
  }
  if (answer.status >= 500) {
    troubled("The server has a fault and answered nothing useful. What you see may be old.");
    throw new Away("The server has a fault.");
  }
  trouble.hidden = true;
  trouble.querySelector("span").textContent = "";
  return answer;
};

/* The window's posts and notes; what was known when it was asked where the server says that nothing
   changed. Meanwhile another window may have been answered, and that one is kept then. */
export const events = async (first, last) => {
  const url = `${grid.dataset.events}?${query({ first, last })}`;
  const known = kept?.url === url ? kept : null;
  const answer = await ask(url, known ? { headers: { "If-None-Match": known.tag } } : {});
  if (answer.status === 304) return { ...known, changed: false };
  if (!answer.ok) throw new Away(await answer.text());
  const tag = answer.headers.get("ETag") || "";
  kept = { url, tag, data: await answer.json(), stamp: `${url} ${tag}` };
  return { ...kept, changed: true };
};

/* The window's conflicts, by post. Asked for once its posts are drawn, and one at a time: a newer
   question drops the one before it. Returns null where they are not known, undefined when dropped.
   The calendar goes on without them. */
export const marks = async (first, last) => {
  asking?.abort();
  const mine = new AbortController();
  asking = mine;
  try {
    const url = `${grid.dataset.marks}?${query({ first, last })}`;
    const answer = await fetch(url, { signal: mine.signal, headers: { "X-Part": "calendar" } });
    return answer.ok ? (await answer.json()).marks : null;
  } catch {
    return mine.signal.aborted ? undefined : null;
  }
};

/* The suggested times of a window: { suggestions, left }. */
export const suggestions = async (first, last) => {
  const answer = await ask(`${grid.dataset.suggestions}?${query({ first, last })}`);
  if (answer.ok) return answer.json();
  throw new Away(await answer.text());
};

/* A part of the page as HTML; throws with the server's sentence where there is none. */
export const part = async (url) => {
  const answer = await ask(url);
  if (answer.ok) return answer.text();
  throw new Away(answer.status === 403 ? "Your role does not include this." : "It is not there any more.");
};

/* Do something. What is refused is an answer too: { refused: sentence, … }. */
export const act = async (url, data) => {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const answer = await ask(url, {
    method: "POST", body: new URLSearchParams(data), headers: { "X-CSRFToken": token },
  });
  const json = (answer.headers.get("Content-Type") || "").includes("json");
  if (json) return answer.json();
  return { refused: answer.status === 403
    ? "Your role does not include giving posts a time, or you were signed out in another window. Nothing was saved."
    : "This post is not there any more. Nothing was saved." };
};

export const post = (id, verb = "") => `${grid.dataset.posts}${id}${verb && `/${verb}`}?${query()}`;
