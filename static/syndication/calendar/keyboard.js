/* The calendar by keyboard alone. The grid is one tab stop; arrows walk through its days and their
   posts, Space picks a post up, and while it is carried arrows move it. Every step is spoken. */

import { dayWords, endOf, spoken } from "./looks.js";
import { move, openMove, say } from "./moving.js";

const STEP = 15; // minutes
const DAY = 86_400_000; // milliseconds
const PATIENCE = 1500; // milliseconds in which a post may still come to be drawn
const LOOK = 50; // milliseconds between two looks for it

const utc = (wall) => new Date(`${wall.length > 10 ? wall.slice(0, 19) : `${wall}T00:00:00`}Z`);
const shifted = (wall, milliseconds) => new Date(utc(wall).getTime() + milliseconds).toISOString().slice(0, 19);
const dayOf = (wall, days) => shifted(wall.slice(0, 10), days * DAY).slice(0, 10);
const seen = (one) => one.checkVisibility({ visibilityProperty: true });

export class Keyboard {
  /* page: { calendar, grid, open(id), write(day), note(day) } */
  constructor(page) {
    Object.assign(this, page);
    this.carried = null; // { id, title, version, zone, from, wall }
    this.mine = null; // what holds the tab stop
    this.place = null; // which post and day that is
    this.inside = false; // the focus is in the grid, or was when what had it was drawn anew
    this.wanted = null; // what is to have the focus once it is drawn
    new MutationObserver(() => this.settle()).observe(this.grid, { childList: true, subtree: true });
    this.grid.addEventListener("keydown", (event) => this.carried || this.key(event), true);
    // What carries a post to days that are not drawn yet leaves the focus nowhere for a moment.
    document.addEventListener("keydown", (event) => this.carried && this.key(event), true);
    this.grid.addEventListener("focusin", (event) => this.hold(event.target.closest("[data-stop]")));
    document.addEventListener("focusin", ({ target }) => { this.inside = this.grid.contains(target); });
    document.addEventListener("pointerdown", ({ target }) => { this.inside = this.grid.contains(target); });
  }

  get month() { return this.calendar.view.type === "dayGridMonth"; }
  get list() { return this.calendar.view.type === "listWeek"; }

  /* Where one can stand */

  dayCell(day) {
    if (this.list) return null;
    const kind = this.month ? "td.fc-daygrid-day" : "td.fc-timegrid-col";
    return this.grid.querySelector(`${kind}[data-date="${day}"]`);
  }

  /* Whether the calendar is at these days. What is drawn may still be the days before them. */
  inView(wall) {
    const { activeStart, activeEnd } = this.calendar.view;
    const [first, end] = [activeStart, activeEnd].map((moment) => this.calendar.formatIso(moment).slice(0, 10));
    return wall.slice(0, 10) >= first && wall.slice(0, 10) < end;
  }

  days() {
    const kind = this.month ? "td.fc-daygrid-day" : "td.fc-timegrid-col";
    return [...this.grid.querySelectorAll(`${kind}[data-date]`)].map((cell) => cell.dataset.date);
  }

  /* The posts and notes of a day that are drawn, in order, then the link to those that are not. */
  stopsOf(day) {
    const cells = [...this.grid.querySelectorAll(`td[data-date="${day}"]`)];
    const drawn = cells.flatMap((cell) => [...cell.querySelectorAll("[data-event], .fc-more-link")]);
    const start = (one) => (one.dataset.event ? this.calendar.getEventById(one.dataset.event)?.startStr || "" : "~");
    return drawn.filter(seen).map((one) => [start(one), one])
      .sort(([one], [other]) => one.localeCompare(other)).map(([, one]) => one);
  }

  rows() { return [...this.grid.querySelectorAll(".cal-line")]; }

  dayAt(stop) {
    return stop?.closest("[data-date]")?.dataset.date || "";
  }

  eventAt(stop) {
    const id = stop?.closest("[data-event]")?.dataset.event;
    return id ? this.calendar.getEventById(id) : null;
  }

  elementOf(id) {
    const drawn = [...this.grid.querySelectorAll(`[data-event="${id}"]`)].find(seen);
    return this.list ? drawn?.querySelector(".cal-line") : drawn;
  }

  /* One tab stop */

  settle() {
    const stops = this.list ? ".cal-line" : "[data-event], .fc-more-link";
    for (const one of this.grid.querySelectorAll(stops)) one.dataset.stop = "";
    for (const day of this.list ? [] : this.days()) {
      const cell = this.dayCell(day);
      cell.dataset.stop = "";
      if (!this.month) cell.setAttribute("aria-label", dayWords(day));
    }
    for (const one of this.grid.querySelectorAll("[data-stop], a[tabindex]")) {
      if (one.getAttribute("tabindex") !== "-1") one.setAttribute("tabindex", "-1");
    }
    const lost = this.inside && this.mine && !this.mine.isConnected && document.activeElement === document.body;
    if (lost && !this.wanted) this.wanted = this.place;
    if (this.wanted) this.reach();
    if (!this.mine?.isConnected || !seen(this.mine)) this.mine = this.first();
    this.mine?.setAttribute("tabindex", "0");
  }

  first() {
    if (this.list) return this.rows()[0];
    const days = this.days();
    const today = this.grid.querySelector(".fc-day-today[data-date]")?.dataset.date;
    return this.dayCell(days.includes(today) ? today : days[0]);
  }

  hold(stop) {
    if (!stop) return;
    if (this.mine && this.mine !== stop) this.mine.setAttribute("tabindex", "-1");
    this.mine = stop;
    this.place = { id: stop.closest("[data-event]")?.dataset.event, day: this.dayAt(stop) };
    stop.setAttribute("tabindex", "0");
  }

  go(stop) {
    if (!stop) return;
    this.hold(stop);
    stop.focus();
    stop.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /* Put the focus on a post as soon as that is drawn. Until then, and where it stays behind “3 more”,
     it is on that link or on the day: a key then does nothing, and nothing to another post. */
  focusOn(id, wall) {
    this.wanted = { id, day: wall?.slice(0, 10) };
    setTimeout(() => this.reach());
  }

  reach() {
    if (!this.wanted || document.querySelector("dialog[open]")) return;
    const wanted = this.wanted, { id, day, end } = wanted;
    const found = id && this.elementOf(id);
    const last = day ? this.stopsOf(day).at(-1) : null;
    const place = end || last?.matches(".fc-more-link") ? last : day ? this.dayCell(day) : null;
    if (found || (!id && place)) this.wanted = null;
    else if (id) this.wait(wanted);
    const stop = found || place;
    if (stop && stop !== document.activeElement) this.go(stop);
  }

  /* What is drawn may be out of sight for a moment, and nothing tells when that is over. */
  wait(wanted) {
    wanted.until ??= performance.now() + PATIENCE;
    clearTimeout(wanted.look);
    wanted.look = setTimeout(() => {
      if (this.wanted !== wanted) return;
      if (performance.now() < wanted.until) this.reach();
      else this.wanted = null;
    }, LOOK);
  }

  /* Keys */

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const acts = this.carried ? this.carrying(event) : this.walking(event);
    const act = acts[event.key];
    if (event.key === "Tab") this.wanted = null; // who leaves is not called back
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    this.wanted = null;
    act();
  }

  walking(event) {
    const stop = event.target.closest("[data-stop]");
    if (!stop) return {};
    const letters = this.lettersOn() ? { m: () => this.moveTo(stop), a: () => this.note(this.dayAt(stop)) } : {};
    return {
      ArrowDown: () => this.down(stop, 1), ArrowUp: () => this.down(stop, -1),
      ArrowRight: () => this.across(stop, 1), ArrowLeft: () => this.across(stop, -1),
      PageDown: () => this.turn(stop, 1), PageUp: () => this.turn(stop, -1),
      Home: () => this.edge(stop, 0), End: () => this.edge(stop, -1),
      Enter: () => this.enter(stop), " ": () => this.pickUp(stop), ...letters,
    };
  }

  carrying() {
    const minutes = (number) => () => this.carry(number * 60_000);
    const days = (number) => () => this.carry(number * DAY);
    return {
      ArrowRight: days(1), ArrowLeft: days(-1),
      ArrowDown: this.month ? days(7) : minutes(STEP), ArrowUp: this.month ? days(-7) : minutes(-STEP),
      PageDown: this.month ? days(28) : days(7), PageUp: this.month ? days(-28) : days(-7),
      " ": () => this.drop(), Enter: () => this.drop(), Escape: () => this.putBack(),
      Tab: () => this.putBack(), m: () => {}, a: () => {}, Home: () => {}, End: () => {},
    };
  }

  lettersOn() {
    try {
      return localStorage.getItem("keys") !== "off";
    } catch {
      return true;
    }
  }

  /* Walking */

  down(stop, way) {
    if (this.list) {
      const rows = this.rows();
      this.go(rows[rows.indexOf(stop) + way]);
      return;
    }
    const day = this.dayAt(stop);
    const stops = [this.dayCell(day), ...this.stopsOf(day)];
    const next = stops[stops.indexOf(stop) + way];
    if (next) this.go(next);
    else if (this.month) this.toDay(dayOf(day, 7 * way));
  }

  across(stop, way) {
    if (this.list) {
      this.turn(stop, way);
      return;
    }
    const day = this.dayAt(stop), next = dayOf(day, way);
    const at = this.stopsOf(day).indexOf(stop);
    const there = this.stopsOf(next);
    if (at >= 0 && there.length) this.go(there[Math.min(at, there.length - 1)]);
    else this.toDay(next);
  }

  toDay(day) {
    if (this.dayCell(day)) {
      this.go(this.dayCell(day));
      return;
    }
    this.wanted = { day };
    this.calendar.gotoDate(day);
  }

  turn(stop, way) {
    const day = this.dayAt(stop) || this.calendar.getDate().toISOString().slice(0, 10);
    if (way > 0) this.calendar.next();
    else this.calendar.prev();
    const days = this.days();
    if (this.list) setTimeout(() => this.go(this.rows()[0]));
    else this.go(this.dayCell(days[Math.min(days.length - 1, Math.max(0, this.placeInView(day, days)))]));
    say(document.getElementById("cal-title").textContent);
  }

  placeInView(day, days) {
    if (this.month) {
      const same = days.findIndex((one) => one.slice(8) === day.slice(8) && one.slice(0, 7) === this.calendar.getDate().toISOString().slice(0, 7));
      return same < 0 ? 7 : same;
    }
    return (utc(day).getUTCDay() + 6) % 7;
  }

  edge(stop, which) {
    if (this.list) {
      this.go(this.rows().at(which));
      return;
    }
    const days = this.days();
    const row = Math.floor(days.indexOf(this.dayAt(stop)) / 7) * 7;
    this.go(this.dayCell(days.slice(row, row + 7).at(which)));
  }

  enter(stop) {
    const event = this.eventAt(stop);
    if (event) this.open(event);
    else if (stop.matches(".fc-more-link")) this.showDay(this.dayAt(stop));
    else this.write(this.dayAt(stop));
  }

  showDay(day) {
    this.wanted = { day, end: true };
    this.calendar.changeView("timeGridDay", day);
  }

  moveTo(stop) {
    const event = this.eventAt(stop);
    if (event?.extendedProps.kind === "pale") this.cannot(event);
    if (event?.extendedProps.kind !== "post") return;
    if (event.extendedProps.post.go) openMove(event.extendedProps.post.id);
    else this.cannot(event);
  }

  cannot(event) {
    const state = event.extendedProps.state.words.toLowerCase();
    if (event.extendedProps.kind === "pale") {
      say(`${event.title} is only ${state} and is changed on its own page. Enter opens that.`);
      return;
    }
    say(`${event.title} cannot be moved: it is ${state}, or your role does not include it.`);
  }

  /* Carrying */

  pickUp(stop) {
    const event = this.eventAt(stop);
    if (event?.extendedProps.kind === "pale") this.cannot(event);
    if (event?.extendedProps.kind !== "post") return;
    const { post, account } = event.extendedProps;
    if (!post.go) {
      this.cannot(event);
      return;
    }
    if (this.list) {
      openMove(post.id);
      return;
    }
    const wall = event.startStr.slice(0, 19);
    this.carried = { id: post.id, key: event.id, title: event.title, version: post.v, zone: account.zone, from: wall, wall, stop: event.toPlainObject({ collapseExtendedProps: false }) };
    this.show();
    const ways = this.month ? "Arrows carry it by a day or a week" : "Up and down carry it by 15 minutes, left and right by a day";
    say(`Picked up ${event.title}, ${spoken(wall, account.zone)}. ${ways}. Space drops it, Escape puts it back.`);
  }

  carry(milliseconds) {
    this.carried.wall = shifted(this.carried.wall, milliseconds);
    const day = this.carried.wall.slice(0, 10);
    if (!this.inView(day)) this.calendar.gotoDate(day);
    this.show();
    say(`${spoken(this.carried.wall, this.carried.zone)}.`);
  }

  /* Draw the carried post where it would be dropped; also after others were drawn anew. */
  show() {
    if (!this.carried) return;
    const { key, wall } = this.carried;
    let event = this.calendar.getEventById(key);
    if (!event) event = this.calendar.addEvent({ ...this.carried.stop, id: key });
    if (event.startStr.slice(0, 19) !== wall) event.setDates(wall, endOf(wall));
    if (!event.classNames.includes("carried")) event.setProp("classNames", [...event.classNames, "carried"]);
    this.focusOn(key, wall);
  }

  settled() {
    const { key } = this.carried;
    this.carried = null;
    const event = this.calendar.getEventById(key);
    event?.setProp("classNames", event.classNames.filter((name) => name !== "carried"));
  }

  async drop() {
    const { id, key, title, version, wall, zone, from } = this.carried;
    if (wall === from) {
      this.putBack();
      return;
    }
    this.settled();
    const refusal = await move({ id, title, version, wall, zone });
    if (refusal) await this.snapBack(key, from);
  }

  putBack() {
    const { key, from, title, zone } = this.carried;
    this.settled();
    say(`${title} is back at ${spoken(from, zone)}.`);
    this.snapBack(key, from);
  }

  async snapBack(key, from) {
    if (!this.inView(from)) this.calendar.gotoDate(from.slice(0, 10));
    await this.redraw();
    this.focusOn(key, from);
  }
}
