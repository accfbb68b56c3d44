/* What is not sent yet, kept in this browser as well: through a lost session, a crash, no network.

   A copy lies under the person and the form. It is put back when the form is opened again and the
   server does not have it, and goes once the form was sent. */
(() => {
  "use strict";

  const TOO_OLD = 14 * 24 * 3600 * 1000; // milliseconds
  const PREFIX = "unsent:";
  const LEFT_OUT = ["csrfmiddlewaretoken", "upload"];
  let untold = false; // a form was put back and the server has not kept it yet
  const composer = () => document.querySelector("[data-composer]");
  const nameOf = (form) => `${PREFIX}${form.dataset.person}:${form.dataset.key}`;

  const read = (name) => {
    try {
      return JSON.parse(localStorage.getItem(name));
    } catch {
      return null;
    }
  };

  const write = (name, copy) => {
    try {
      localStorage.setItem(name, JSON.stringify(copy));
    } catch {
      /* full or forbidden: the server's copy is the one */
    }
  };

  const copyOf = (form) => [...new FormData(form)].filter(
    ([name, value]) => typeof value === "string" && !LEFT_OUT.includes(name),
  );

  const wrote = (form) => [...form.querySelectorAll("textarea")].some((field) => field.value.trim());

  /* Reading a form with megabytes in it stops a browser for many seconds, and no storage takes it. */
  const isTooLong = (form) => [...form.querySelectorAll("[data-max]")].some(
    (field) => field.value.length > 2 * Number(field.dataset.max),
  );

  const keepHere = (form, known) => {
    if (isTooLong(form)) return;
    if (!wrote(form) && !read(nameOf(form))) return;
    write(nameOf(form), { at: Date.now(), known, fields: copyOf(form) });
  };

  const putBack = (form) => {
    const copy = read(nameOf(form));
    if (!copy || copy.known || !form.hasAttribute("data-fresh")) return;
    const values = {};
    for (const [name, value] of copy.fields) (values[name] ||= []).push(value);
    values.csrfmiddlewaretoken = form.elements.csrfmiddlewaretoken.value;
    values.fix = "restored";
    // A bare element as the source, so that the form's own fields are not sent along.
    const source = document.createElement("div");
    document.body.append(source);
    htmx.ajax("POST", location.pathname, {
      source, values, target: "#composer", select: "#composer", swap: "outerHTML",
    });
    untold = true;
  };

  const forget = (key) => {
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith(PREFIX) && name.endsWith(`:${key}`)) localStorage.removeItem(name);
    }
  };

  const tidy = () => {
    for (const name of Object.keys(localStorage)) {
      if (!name.startsWith(PREFIX)) continue;
      const copy = read(name);
      if (!copy || Date.now() - copy.at > TOO_OLD) localStorage.removeItem(name);
    }
  };

  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-composer]");
    if (form) keepHere(form, false);
  });
  document.addEventListener("composed", (event) => {
    if (event.target.matches("[data-composer]")) keepHere(event.target, false);
  });

  document.addEventListener("click", (event) => {
    const form = event.target.closest("[data-take-theirs]") && composer();
    if (form) forget(form.dataset.key);
  });

  document.addEventListener("htmx:afterSettle", () => {
    const form = composer();
    if (!form) return;
    for (const note of form.querySelectorAll("[data-signed-out], [data-no-answer]")) note.hidden = true;
    if (untold) {
      untold = false;
      form.dispatchEvent(new CustomEvent("composed", { bubbles: true }));
    } else if (form.querySelector("[data-kept]")) keepHere(form, true);
  });
  document.addEventListener("htmx:responseError", (event) => {
    const form = composer();
    if (!form || !form.contains(event.target)) return;
    const signedOut = [401, 403].includes(event.detail.xhr.status);
    form.querySelector(signedOut ? "[data-signed-out]" : "[data-no-answer]").hidden = false;
  });
  document.addEventListener("htmx:sendError", () => {
    const form = composer();
    if (form) form.querySelector("[data-no-answer]").hidden = false;
  });

  document.addEventListener("DOMContentLoaded", () => {
    try {
      tidy();
      const done = new URLSearchParams(location.search).get("done");
      const sent = document.querySelector("[data-sent-form]");
      if (sent) forget(sent.dataset.sentForm);
      if (done) forget(done);
      if (composer()) putBack(composer());
    } catch {
      /* storage is forbidden here */
    }
  });
})();
