// Shows what changed without reloading: scroll position and selection stay where they are.
const EVERY = 2000; // milliseconds

async function refresh() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const shown = document.querySelector("main");
    const wanted = fresh.querySelector("main");
    if (wanted && shown.innerHTML !== wanted.innerHTML) shown.replaceWith(wanted);
  } catch {
    // The sandbox is not running at the moment; the next look may find it again.
  }
}

setInterval(refresh, EVERY);
