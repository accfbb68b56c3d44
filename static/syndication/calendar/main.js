/* The calendar. FullCalendar draws; the server says what, and at which wall time. */

import { Keyboard } from "./keyboard.js";
import { content, dress, edge, fromNote, fromPale, fromPost } from "./looks.js";
import { move, openMove, say, start as startMoving, toast } from "./moving.js";
import { Away, events, marks as askMarks, part, query } from "./server.js";
import { startSuggesting } from "./suggested.js";
import { close as closeSide, open as openSide } from "./side.js";

const VIEWS = { month: "dayGridMonth", week: "timeGridWeek", day: "timeGridDay", list: "listWeek" };
const HOURS = 760; // pixels of the grid of hours, which scrolls
const AGAIN = 60_000; // milliseconds between two looks of an open page
const grid = document.getElementById("calendar");
const lay = document.getElementById("cal-lay");
const phone = matchMedia("(max-width: 991.98px)");
const { zone, zoneName, compose } = grid.dataset;
const own = zone === "own";
let keyboard = null, suggest = null, dragging = false;

/* The address says what is shown, so that it can be kept and sent. */
const asked = new URLSearchParams(location.search);
const viewName = (type) => Object.keys(VIEWS).find((name) => VIEWS[name] === type);
const remember = (view, date) => {
  const now = new URLSearchParams(location.search);
  now.set("view", view);
  now.set("date", date);
  keep(now, { view, date, zone: now.get("zone") || "", suggested: now.get("suggested") || "" });
};

/* What is shown beside the filters stands in the address, and goes along when they are set anew. */
const keep = (now, shown) => {
  history.replaceState(null, "", `${location.pathname}?${now}`);
  const form = document.querySelector("[data-filters]");
  for (const [name, value] of Object.entries(shown)) {
    let field = form.querySelector(`input[name="${name}"]`);
    if (!field) {
      field = Object.assign(document.createElement("input"), { type: "hidden", name });
      form.append(field);
    }
    field.value = value;
    field.disabled = !value;
  }
};

const dateIn = (text) => (/^\d{4}-\d\d-\d\d$/.test(text || "") ? text : undefined);

/* What is drawn */

let loads = 0, waiting = [];

const load = async (span, done, failed) => {
  const mine = ++loads;
  grid.setAttribute("aria-busy", "true");
  try {
    const first = span.startStr.slice(0, 10), last = span.endStr.slice(0, 10);
    const found = await events(first, last);
    if (mine === loads) shown = found.data;
    if (found.url !== against.url) against = { url: found.url, stamp: "", marks: {} };
    done([...found.data.notes.map(fromNote), ...found.data.pale.map((pale) => fromPale(judged(pale), found.data)), ...found.data.posts.map((post) => fromPost(judged(post), found.data))]);
    report(found.data);
    if (mine === loads && against.stamp !== found.stamp) judge(first, last, found);
    if (mine === loads) suggest(first, last);
  } catch (error) {
    if (!(error instanceof Away)) throw error;
    failed(error);
  } finally {
    if (mine === loads) {
      grid.removeAttribute("aria-busy");
      const told = waiting;
      waiting = [];
      setTimeout(() => told.forEach((tell) => tell()));
    }
  }
};

/* Conflicts come after the posts: comparing texts takes the server longer than listing them. */

let shown = null, against = { url: "", stamp: "", marks: {} };

/* A post with what the server said of it at once and what it said after. The gravest comes first. */
const judged = (post) => {
  const later = (against.marks[post.id] || []).map((mark) => ({ ...mark, warns: true }));
  const all = [...(post.marks || []), ...later];
  return { ...post, marks: all.sort((one, other) => Boolean(other.grave) - Boolean(one.grave)) };
};

const judge = async (first, last, { url, stamp }) => {
  const marks = await askMarks(first, last);
  if (marks === undefined || against.url !== url) return;
  document.getElementById("cal-unknown").hidden = marks !== null;
  if (marks === null) return;
  against = { url, stamp, marks };
  mark();
};

/* Put them into what is drawn already, each in its place, so that the focus stays where it is. */
const mark = () => {
  if (!shown || dragging || keyboard.carried) return; // what is put down is drawn anew with them
  const posts = new Map([...shown.posts, ...shown.pale].map((post) => [post.id, post]));
  calendar.batchRendering(() => {
    for (const event of calendar.getEvents()) {
      const { kind, post } = event.extendedProps;
      if (kind === "note" || !posts.has(post?.id)) continue;
      const now = judged(posts.get(post.id));
      if (JSON.stringify(now.marks) !== JSON.stringify(post.marks)) event.setExtendedProp("post", now);
    }
  });
  for (const el of grid.querySelectorAll("[data-event^=post-], [data-event^=item-]")) {
    const event = calendar.getEventById(el.dataset.event);
    if (event) dress({ event, el, view: calendar.view });
  }
  report(shown);
};

const report = (data) => {
  document.getElementById("cal-empty").hidden = [data.posts, data.notes, data.pale].some((some) => some.length > 0);
  if (data.cut) toast("warning", `These days hold more than ${data.cut.toLocaleString("en-GB")} posts, and only the first ones are drawn. Set a filter, or look at fewer days.`);
  if (data.more_pale) toast("warning", "Not all recurring plans are drawn beyond the posts that are made. Set a filter, or look at fewer days.");
  const panel = document.getElementById("looks");
  const posts = data.posts.map(judged).filter((post) => post.marks.some((one) => one.grave || one.warns));
  posts.sort((one, other) => Boolean(other.marks[0].grave) - Boolean(one.marks[0].grave));
  const focused = panel.contains(document.activeElement) && document.activeElement.closest("[data-look]");
  panel.hidden = !posts.length;
  panel.querySelector("[data-looks-count]").textContent = posts.length;
  panel.querySelector("ul").replaceChildren(...posts.slice(0, 8).map((post) => look(post, data)));
  if (focused) panel.querySelector(`[data-look="${focused.dataset.look}"] button`)?.focus();
};

const look = (post, data) => {
  const row = document.createElement("li");
  const mark = post.marks.find((one) => one.grave || one.warns);
  const account = data.accounts[post.a];
  row.className = mark.grave ? "s-failed" : "s-unconfirmed";
  row.dataset.look = post.id;
  row.innerHTML = `<span class="pf pf-${account.slug} xs" role="img"><i aria-hidden="true"></i></span><div class="grow small"><button type="button" class="plain strong"></button><p class="micro t3"></p></div>`;
  row.querySelector(".pf").setAttribute("aria-label", account.platform);
  row.querySelector(".pf i").className = account.icon;
  const button = row.querySelector("button");
  button.textContent = `${post.at.slice(8, 10)} ${post.at.slice(11, 16)} ${post.t}`;
  button.addEventListener("click", () => openSide(post.id, () => button.focus()));
  row.querySelector("p").textContent = mark.sentence;
  if (mark.url) {
    const link = Object.assign(document.createElement("a"), { href: mark.url, className: "btn btn-sm btn-outline-secondary", textContent: mark.fix });
    row.append(link);
  }
  return row;
};

/* What a person does */

const open = (event) => {
  const { kind, post, note, suggestion } = event.extendedProps;
  if (kind === "suggestion") {
    if (compose) location.assign(suggestion.url);
    else say(suggestion.why);
    return;
  }
  if (kind === "note") {
    if (note.go) dispatchEvent(new CustomEvent("ask", { detail: `${grid.dataset.notes}/${note.id}` }));
    else say(`Note: ${note.t}`);
    return;
  }
  if (kind === "pale") {
    location.assign(post.url);
    return;
  }
  openSide(post.id, () => keyboard.focusOn(event.id, event.startStr));
};

const write = (wall) => {
  if (!compose) return;
  const here = new URLSearchParams({ at: wall.slice(0, 16), zone: own ? "" : zoneName });
  location.assign(`${compose}?${here}`);
};

const note = (day) => {
  if (compose && day) dispatchEvent(new CustomEvent("ask", { detail: `${grid.dataset.notes}?day=${day}` }));
};

const dropped = async ({ event, revert }) => {
  const { post, account } = event.extendedProps;
  const wall = event.startStr.slice(0, 19);
  const refusal = await move({ id: post.id, title: event.title, version: post.v, wall, zone: account.zone });
  if (refusal) revert();
  else keyboard.focusOn(event.id, wall);
};

/* From the ready list: a post gets its time, a piece goes to the composer with it. */
const received = async ({ draggedEl, dateStr, allDay }) => {
  const { ready, piece, version, title: words } = draggedEl.dataset;
  const wall = dateStr.slice(0, allDay ? 10 : 19);
  if (piece) {
    location.assign(`/syndication/posting/compose?${new URLSearchParams({ piece, at: wall.slice(0, 16), zone: own ? "" : zoneName })}`);
  } else if (allDay || own) openMove(ready, { wall: allDay ? `${wall}T09:00` : wall, zone: own ? "" : zoneName });
  else await move({ id: ready, title: words, version, wall, zone: zoneName });
};

const refresh = async (id, wall) => {
  if (wall && calendar.view.type !== "listWeek" && !keyboard.inView(wall)) calendar.gotoDate(wall.slice(0, 10));
  await refetch();
  keyboard.focusOn(`post-${id}`, wall);
  await refreshReady();
};

const refreshReady = async () => {
  const ready = document.getElementById("ready");
  try {
    ready.innerHTML = await part(`${ready.dataset.url}?${query()}`);
    document.querySelector("[data-ready-count]").textContent = ready.querySelector("[data-count]").textContent;
  } catch (error) {
    if (!(error instanceof Away)) throw error;
  }
};

/* The page around the grid */

const changed = ({ view }) => {
  const name = viewName(view.type);
  document.getElementById("cal-title").textContent = view.title;
  document.title = `Schedule, ${view.title} · Syndication`;
  for (const button of document.querySelectorAll("[data-view]")) {
    button.setAttribute("aria-pressed", String(button.dataset.view === name));
  }
  const corner = grid.querySelector(".fc-col-header .fc-timegrid-axis-frame");
  if (corner && !own) corner.textContent = document.getElementById("cal-zone-words").textContent.replace(/^Times in [^,(]+,? ?|\s*\(.*$/g, "") || "";
  remember(name, calendar.formatIso(calendar.getDate()).slice(0, 10));
  if (name === "month") showSide(false);
  else showSide(true);
};

const readyButton = document.getElementById("ready-button");
const showSide = (shown) => {
  lay.classList.toggle("folded", !shown);
  readyButton.setAttribute("aria-expanded", String(shown));
  setTimeout(() => calendar.updateSize());
};
readyButton.addEventListener("click", () => showSide(lay.classList.contains("folded")));

// A day of the month has room for four: what is there comes before what could be.
const suggestedLast = (one, other) => (one.kind === "suggestion") - (other.kind === "suggestion");

const firstView = VIEWS[asked.get("view")] || (phone.matches ? VIEWS.list : VIEWS.month);
const heightOf = (type) => (type.startsWith("timeGrid") ? HOURS : "auto");

const calendar = new FullCalendar.Calendar(grid, {
  initialView: firstView,
  initialDate: dateIn(asked.get("date")),
  timeZone: zoneName,
  locale: "en-gb",
  firstDay: 1,
  headerToolbar: false,
  height: heightOf(firstView),
  scrollTime: "07:00:00",
  displayEventEnd: false,
  eventTimeFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
  nowIndicator: !own,
  dayMaxEvents: 4,
  moreLinkClick: "timeGridDay",
  moreLinkDidMount: ({ el }) => el.setAttribute("role", "button"), // it has no address, and says aria-expanded
  moreLinkContent: ({ num }) => `${num} more`,
  eventOrder: [suggestedLast, "start", "-duration", "title"],
  navLinks: false,
  editable: false,
  eventStartEditable: false,
  eventDurationEditable: false,
  droppable: true,
  dragRevertDuration: 160,
  slotDuration: "00:15", // also what a drag snaps to: of two different ones FullCalendar adds the half
  slotLabelInterval: "01:00",
  slotEventOverlap: false,
  eventMinHeight: 22,
  eventShortHeight: 38,
  defaultTimedEventDuration: "01:00",
  slotLabelFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
  dayHeaderFormat: { weekday: "short", day: "numeric", omitCommas: true },
  views: {
    dayGridMonth: { dayHeaderFormat: { weekday: "short" }, fixedWeekCount: false },
    timeGrid: { allDayContent: "Notes" },
    timeGridWeek: { eventMaxStack: 2 },
    timeGridDay: { dayHeaderFormat: { weekday: "long", day: "numeric", month: "long" } },
    listWeek: { listDayFormat: { weekday: "long", day: "numeric", month: "long" }, listDaySideFormat: false, noEventsContent: "", allDayText: "Note" },
  },
  events: load,
  eventClassNames: edge,
  eventContent: content,
  eventDidMount: dress,
  eventClick: ({ event, jsEvent }) => {
    jsEvent.preventDefault();
    open(event);
  },
  dateClick: ({ dateStr, jsEvent }) => {
    if (!jsEvent.target.closest(".fc-event, a, button")) write(dateStr.length > 10 ? dateStr.slice(0, 16) : dateStr);
  },
  eventDragStart: () => { dragging = true; closeSide(); },
  eventDragStop: () => {
    dragging = false;
    setTimeout(mark);
  },
  eventDrop: dropped,
  drop: received,
  datesSet: changed,
  viewDidMount: ({ view }) => {
    if (calendar.getOption("height") === heightOf(view.type)) return;
    setTimeout(() => {
      calendar.setOption("height", heightOf(view.type));
      calendar.scrollToTime("07:00:00");
    });
  },
  // Not at once: inside its own change FullCalendar takes no other, and an event that is changed
  // there loses its definition.
  eventsSet: () => setTimeout(() => keyboard?.show()),
});

new FullCalendar.Draggable(document.getElementById("ready"), {
  itemSelector: ".ready-card",
  eventData: (card) => ({ title: card.dataset.title, create: false, duration: "01:00", classNames: ["ev", "ghost"] }),
});

/* Draw anew, and go on once it is done. */
const refetch = () => new Promise((resolve) => {
  waiting.push(resolve);
  calendar.refetchEvents();
});
const redraw = () => {
  for (const event of calendar.getEvents()) event.remove();
  return refetch();
};

suggest = startSuggesting({
  calendar,
  busy: () => dragging || keyboard.carried,
  keep: (on) => {
    const now = new URLSearchParams(location.search);
    if (on) now.set("suggested", "1");
    else now.delete("suggested");
    keep(now, { suggested: on ? "1" : "" });
  },
});
keyboard = new Keyboard({ calendar, grid, open, write, note, redraw });
startMoving({ refresh, refocus: () => keyboard.reach() });
calendar.render();

document.addEventListener("click", (event) => {
  const go = event.target.closest("[data-go]");
  if (go) calendar[go.dataset.go]();
  const view = event.target.closest("[data-view]");
  if (view) calendar.changeView(VIEWS[view.dataset.view]);
});
document.getElementById("cal-zone").addEventListener("change", ({ target }) => {
  const now = new URLSearchParams(location.search);
  now.set("zone", target.value);
  location.search = now;
});

/* An open page looks again: others plan too, and posts leave. */
setInterval(async () => {
  if (document.hidden || dragging || keyboard.carried || document.querySelector("dialog[open]")) return;
  const { activeStart, activeEnd } = calendar.view;
  try {
    const first = calendar.formatIso(activeStart).slice(0, 10), last = calendar.formatIso(activeEnd).slice(0, 10);
    const { changed: other } = await events(first, last);
    if (!other) return;
    await refetch();
  } catch (error) {
    if (!(error instanceof Away)) throw error;
  }
}, AGAIN);
