/* Suggested times on the calendar: switched on by a button, pale and dashed, and nothing is planned
   by them. A press on one leads to the composer with its account and time. */

import { say, toast } from "./moving.js";
import { Away, suggestions } from "./server.js";
import { fromSuggestion } from "./looks.js";

const SOURCE = "suggested";
const button = document.getElementById("suggest-button");

/* Let the button switch them; the address keeps whether they are on. */
export const startSuggesting = (calendar, keep) => {
  let told = false;
  const load = async (span, done, failed) => {
    try {
      const found = await suggestions(span.startStr.slice(0, 10), span.endStr.slice(0, 10));
      done(found.suggestions.map(fromSuggestion));
      if (told) return;
      told = true;
      const many = found.suggestions.length;
      say(many ? `${many} suggested time${many === 1 ? "" : "s"} shown.` : "There is no suggested time in these days.");
      if (found.left) toast("info", `Times are suggested for the first accounts only, and ${found.left} are left out. Set a filter to choose others.`);
    } catch (error) {
      if (!(error instanceof Away)) throw error;
      failed(error);
    }
  };
  const show = (on) => {
    button.setAttribute("aria-pressed", String(on));
    document.getElementById("suggest-legend").hidden = !on;
    told = false;
    calendar.getEventSourceById(SOURCE)?.remove();
    if (on) calendar.addEventSource({ id: SOURCE, events: load });
    keep(on);
  };
  button.addEventListener("click", () => show(button.getAttribute("aria-pressed") !== "true"));
  if (new URLSearchParams(location.search).get("suggested") === "1") show(true);
};
