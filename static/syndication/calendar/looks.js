/* What a post looks like on the calendar: platform and state by icon and by word, never by colour
   alone. */

const MINUTES = 60; // how long a post stands in the grid of hours
const DAY_END = 24 * 60 - 1;

const make = (tag, classes, text) => {
  const one = document.createElement(tag);
  one.className = classes;
  if (text) one.textContent = text;
  return one;
};

const icon = (classes) => {
  const one = make("i", classes);
  one.setAttribute("aria-hidden", "true");
  return one;
};

/* A wall time some minutes later, but on the same day. Plain arithmetic: no zone is involved. */
export const endOf = (wall) => {
  const [day, time] = wall.split("T");
  const [hours, minutes] = time.split(":").map(Number);
  const end = Math.min(hours * 60 + minutes + MINUTES, DAY_END);
  const two = (number) => String(number).padStart(2, "0");
  return `${day}T${two(Math.floor(end / 60))}:${two(end % 60)}:59`;
};

export const dayWords = (wall) =>
  new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", weekday: "long", day: "numeric", month: "long" })
    .format(new Date(`${wall.slice(0, 10)}T00:00:00Z`));

export const spoken = (wall, zone) =>
  `${dayWords(wall)}, ${wall.slice(11, 16)}, ${zone.split("/").pop().replaceAll("_", " ")}`;

export const fromPost = (post, data) => {
  const account = data.accounts[post.a];
  const state = data.states[post.s];
  return {
    id: `post-${post.id}`, title: post.t, start: post.at, end: endOf(post.at), editable: post.go,
    classNames: ["ev", `s-${post.s}`, `pf-${account.slug}`],
    extendedProps: { kind: "post", post, account, state },
  };
};

/* What is only proposed or planned. It cannot be carried: it has a page of its own. */
export const fromPale = (pale, data) => ({
  id: pale.id, title: pale.t, start: pale.at, end: endOf(pale.at), editable: false,
  classNames: ["ev", "pale", `pf-${data.accounts[pale.a].slug}`],
  extendedProps: { kind: "pale", post: pale, account: data.accounts[pale.a], state: { icon: pale.icon, words: pale.says } },
});

/* Red where the post does not go out as it stands, amber where something speaks against its time.
   Its icon and words say which. */
export const edge = ({ event }) => {
  const marks = event.extendedProps.post?.marks || [];
  if (marks.some((mark) => mark.grave)) return ["conflict"];
  return marks.some((mark) => mark.warns) ? ["warned"] : [];
};

export const fromNote = (note) => ({
  id: `note-${note.id}`, title: note.t, start: note.day, allDay: true, editable: false,
  classNames: ["day-note"], extendedProps: { kind: "note", note },
});

export const fromSuggestion = (one) => ({
  id: `suggested-${one.id}`, title: `Suggested: ${one.account}`, start: one.at, end: endOf(one.at),
  editable: false, classNames: ["ev", "suggestion", `pf-${one.slug}`],
  extendedProps: { kind: "suggestion", suggestion: one },
});

const badge = (account) => {
  const one = make("span", `pf pf-${account.slug} xs`);
  one.append(icon(account.icon));
  return one;
};

const noted = (event) => [icon("fa-regular fa-note-sticky"), make("span", "ti", event.title)];

const marked = (marks) => marks.map((mark) => {
  const one = make("span", `cf${mark.grave ? " grave" : mark.warns ? " warns" : ""}`);
  one.append(icon(`fa-solid fa-${mark.icon}`), make("span", "", mark.brief));
  return one;
});

/* A row of the list is a button; its table stays a table. */
const row = (event, ...parts) => {
  const one = make("button", "cal-line");
  one.type = "button";
  one.setAttribute("aria-label", label(event));
  one.append(...parts);
  return one;
};

const proposed = (event, list) => {
  const one = event.extendedProps.suggestion;
  const first = make("span", "l1");
  first.append(badge(one), make("span", "tm", event.startStr.slice(11, 16)), icon("fa-solid fa-wand-magic-sparkles st"));
  const title = make("span", "ti", event.title);
  return list ? [row(event, badge(one), title, make("span", "micro t2", one.why))] : [first, title];
};

/* What FullCalendar puts into an event. */
export const content = ({ event, view }) => {
  const { kind, post, account, state } = event.extendedProps;
  if (!kind) return { domNodes: [make("span", "ti", event.title)] }; // one that is dragged in
  const list = view.type === "listWeek";
  if (kind === "suggestion") return { domNodes: proposed(event, list) };
  if (kind === "note") return { domNodes: list ? [row(event, ...noted(event))] : noted(event) };
  const time = event.startStr.slice(11, 16) + (post.z ? ` ${post.z}` : "");
  const marks = post.marks || [];
  const sign = icon(`${state.icon} st`);
  const title = make("span", "ti", event.title);
  if (list) {
    const chip = make("span", kind === "pale" ? "chip pale" : `chip s-${post.s}`);
    chip.append(icon(state.icon), make("span", "", state.words));
    const line = make("span", "row-x wrap");
    line.append(chip, make("span", "micro t3", `${account.platform}, ${account.name}`));
    return { domNodes: [row(event, badge(account), title, line, ...marked(marks))] };
  }
  const first = make("span", "l1");
  const warn = marks.find((mark) => mark.grave || mark.warns);
  first.append(badge(account), make("span", "tm", time));
  if (view.type === "dayGridMonth") {
    first.append(title, warn ? icon(`fa-solid fa-${warn.icon} st${warn.grave ? "" : " warns"}`) : sign);
    return { domNodes: [first] };
  }
  first.append(sign);
  if (marks.length) title.classList.add("one");
  return { domNodes: [first, title, ...marked(marks.slice(0, 1))] };
};

/* What a screen reader says of it, and the tooltip: the same words. */
export const label = (event) => {
  const { kind, note, post, account, state, suggestion } = event.extendedProps;
  if (kind === "note") return `Note: ${note.t}`;
  if (kind === "suggestion") return `Suggested: ${event.startStr.slice(11, 16)}, ${suggestion.platform}, ${suggestion.account}. ${suggestion.why}`;
  const marks = (post.marks || []).map((mark) => `. ${mark.sentence}`).join("");
  const zone = post.z ? ` ${post.z}` : "";
  return `${event.startStr.slice(11, 16)}${zone}, ${event.title}, ${account.platform}, ${account.name}, ${state.words}${marks}`;
};

export const dress = ({ event, el, view }) => {
  if (!event.extendedProps.kind) return;
  el.dataset.event = event.id;
  if (view.type === "listWeek") return;
  el.setAttribute("role", "button");
  el.setAttribute("aria-label", label(event));
  el.title = label(event);
};
