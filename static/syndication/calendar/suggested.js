/* Suggested times on the calendar: switched on by a button, pale and dashed, and nothing is planned
   by them. A press on one leads to the composer with its account and time. */

import { fromSuggestion } from "./looks.js";
import { say, toast } from "./moving.js";
import { Away, suggestions } from "./server.js";

const button = document.getElementById("suggest-button");
const drawn = (calendar) => calendar.getEvents().filter((event) => event.extendedProps.kind === "suggestion");
const told = ({ suggestions: found, left }) => {
  const many = found.length;
  say(many ? `${many} suggested time${many === 1 ? "" : "s"} shown.` : "There is no suggested time in these days.");
  if (left) toast("info", `Times are suggested for the first accounts only, and ${left} are left out. Set a filter to choose others.`);
};

/* Let the button switch them; `keep` writes into the address whether they are on. Returns what draws
   them between two days. They come after the posts, which do not wait for them. */
export const startSuggesting = ({ calendar, busy, keep }) => {
  let on = new URLSearchParams(location.search).get("suggested") === "1", asked = 0, tell = on;

  const draw = async (first, last) => {
    if (!on) return;
    const mine = ++asked;
    try {
      const found = await suggestions(first, last);
      if (mine !== asked || !on || busy()) return;
      calendar.batchRendering(() => {
        for (const event of drawn(calendar)) event.remove();
        for (const one of found.suggestions) calendar.addEvent(fromSuggestion(one));
      });
      if (tell) told(found);
      tell = false;
    } catch (error) {
      if (!(error instanceof Away)) throw error;
    }
  };

  const show = () => {
    button.setAttribute("aria-pressed", String(on));
    document.getElementById("suggest-legend").hidden = !on;
  };

  button.addEventListener("click", () => {
    on = tell = !on;
    show();
    keep(on);
    if (!on) {
      calendar.batchRendering(() => drawn(calendar).forEach((event) => event.remove()));
      return;
    }
    const { activeStart, activeEnd } = calendar.view;
    draw(...[activeStart, activeEnd].map((moment) => calendar.formatIso(moment).slice(0, 10)));
  });
  show();
  return draw;
};
