/* Pictures and videos in the composer: dropped, pasted or chosen, sent one by one with their progress. */
(() => {
  "use strict";

  const composer = () => document.querySelector("[data-composer]");
  let running = 0;

  /* With scripts the plain file field gives way to a button and to dropping. */
  const dress = () => {
    const form = composer();
    if (!form) return;
    form.querySelector("[data-upload-button]").hidden = false;
    form.querySelector("[data-upload-hint]").hidden = false;
    form.querySelector("[data-upload-field]").classList.add("visually-hidden");
  };

  const line = (name) => {
    const place = composer().querySelector("[data-uploads]");
    const row = document.createElement("div");
    const words = document.createElement("p");
    words.className = "micro t2";
    words.textContent = `${name} is on its way.`;
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.setAttribute("aria-label", name);
    row.append(words, bar);
    place.append(row);
    return { row, words, bar };
  };

  const refuse = (shown, sentence) => {
    shown.bar.remove();
    shown.words.className = "error";
    shown.words.setAttribute("role", "alert");
    shown.words.textContent = sentence;
  };

  const take = (answer, shown) => {
    const form = composer();
    if (answer.refused) {
      refuse(shown, answer.refused);
      return;
    }
    shown.row.remove();
    const list = form.querySelector("#pictures");
    if (list.querySelector(`[data-picture="${answer.id}"]`)) return;
    list.insertAdjacentHTML("beforeend", answer.row);
    htmx.process(list);
    form.dispatchEvent(new CustomEvent("composed", { bubbles: true }));
  };

  const send = (file) => post(file.name, (data) => data.append("upload", file, file.name || "picture.png"));

  /* Out of the library: the server answers with the row as after an upload. */
  addEventListener("media-chosen", (event) => {
    for (const id of event.detail) post("What you chose", (data) => data.append("asset", id));
  });

  const post = (called, fill) => {
    const form = composer();
    const shown = line(called);
    const data = new FormData();
    for (const name of ["csrfmiddlewaretoken", "brand"]) data.append(name, form.elements[name].value);
    fill(data);
    const request = new XMLHttpRequest();
    running += 1;
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) shown.bar.value = event.loaded / event.total;
    });
    request.addEventListener("loadend", () => {
      running -= 1;
      if (request.status === 200) take(JSON.parse(request.responseText), shown);
      else if ([401, 403].includes(request.status)) {
        refuse(shown, `${called} was not taken: you are signed out.`);
        form.querySelector("[data-signed-out]").hidden = false;
      } else refuse(shown, `${called} did not get through. Choose it again.`);
    });
    request.open("POST", form.dataset.pictures);
    request.send(data);
  };

  const pictures = (list) => [...list].filter((file) => file.size > 0);

  document.addEventListener("change", (event) => {
    if (event.target.id !== "upload" || !composer()) return;
    for (const file of pictures(event.target.files)) send(file);
    event.target.value = "";
  });

  document.addEventListener("paste", (event) => {
    const form = event.target.closest && event.target.closest("[data-composer]");
    const files = form && event.clipboardData ? pictures(event.clipboardData.files) : [];
    if (!files.length) return;
    event.preventDefault();
    files.forEach(send);
  });

  const carriesFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!composer() || !carriesFiles(event)) return;
    event.preventDefault();
    composer().querySelector("[data-drop]").classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (composer() && !event.relatedTarget) composer().querySelector("[data-drop]").classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    if (!composer() || !carriesFiles(event)) return;
    event.preventDefault();
    composer().querySelector("[data-drop]").classList.remove("over");
    pictures(event.dataTransfer.files).forEach(send);
  });

  /* A post never leaves without what is still on its way. */
  document.addEventListener("submit", (event) => {
    if (!event.target.closest("[data-composer]") || !running) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    composer().querySelector("[data-uploads] .t2").textContent =
      "A picture or video is still on its way. Send the post when it is there.";
  }, true);

  document.addEventListener("htmx:afterSettle", dress);
  document.addEventListener("DOMContentLoaded", dress);
})();
