/* The media library: files dropped, pasted or chosen, two at a time, each with its progress. */
(() => {
  "use strict";
  const AT_ONCE = 2;
  const form = document.querySelector("[data-library]");
  if (!form) return;
  const list = form.querySelector("[data-library-uploads]");
  const area = document.querySelector("[data-library-drop]");
  const waiting = [];
  let running = 0;

  for (const part of form.querySelectorAll("[data-with-script]")) part.hidden = false;
  form.querySelector("[data-without-script]").hidden = true;

  const line = (name) => {
    const row = document.createElement("li");
    const words = document.createElement("span");
    words.className = "small t2";
    words.textContent = `${name} is on its way.`;
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", name);
    row.append(words, bar);
    list.append(row);
    return { row, words, bar };
  };

  const refuse = (shown, sentence) => {
    shown.bar.remove();
    shown.words.className = "error";
    shown.words.setAttribute("role", "alert");
    shown.words.textContent = sentence;
  };

  /* What is new stands first in the list; what was there already is only named. */
  const take = (answer, name, shown) => {
    if (answer.refused) {
      refuse(shown, answer.refused);
      return;
    }
    shown.bar.remove();
    const link = document.createElement("a");
    link.href = answer.url;
    link.textContent = name;
    shown.words.replaceChildren(link, answer.known ? ` ${answer.known}` : " is in the library.");
    const tiles = document.getElementById("tiles");
    if (answer.known || document.getElementById(`tile-${answer.id}`)) return;
    tiles.hidden = false;
    document.querySelector("[data-none]")?.remove();
    tiles.insertAdjacentHTML("afterbegin", answer.tile);
    htmx.process(tiles.firstElementChild);
  };

  const send = ({ file, shown }) => {
    const name = file.name || "picture.png";
    const data = new FormData();
    for (const field of ["csrfmiddlewaretoken", "brand", "folder"]) data.append(field, form.elements[field].value);
    data.append("upload", file, name);
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      shown.bar.value = event.loaded / event.total;
      if (event.loaded === event.total) shown.words.textContent = `${name} is being looked into.`;
    });
    request.addEventListener("loadend", () => {
      running -= 1;
      if (request.status === 200) take(JSON.parse(request.responseText), name, shown);
      else if ([401, 403].includes(request.status)) refuse(shown, `${name} was not taken: you are signed out, or may not add here.`);
      else refuse(shown, `${name} did not get through. Choose it again.`);
      next();
    });
    request.open("POST", form.action);
    request.setRequestHeader("X-Part", "upload");
    request.send(data);
  };

  const next = () => {
    while (running < AT_ONCE && waiting.length) {
      running += 1;
      send(waiting.shift());
    }
  };

  const add = (files) => {
    for (const file of [...files]) {
      const shown = line(file.name || "picture.png");
      if (file.size) waiting.push({ file, shown });
      else refuse(shown, `${file.name} is empty, or a folder. It was not taken.`);
    }
    next();
  };

  form.querySelector("#upload").addEventListener("change", (event) => {
    add(event.target.files);
    event.target.value = "";
  });
  document.addEventListener("paste", (event) => {
    if (event.target.matches?.("input, textarea") || !event.clipboardData?.files.length) return;
    event.preventDefault();
    add(event.clipboardData.files);
  });

  const carriesFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    area.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) area.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    area.classList.remove("over");
    add(event.dataTransfer.files);
  });

  /* Leaving would lose what is still on its way. */
  addEventListener("beforeunload", (event) => {
    if (running || waiting.length) event.preventDefault();
  });
})();
