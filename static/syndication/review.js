/* The check of a batch: one tab stop in the grid, arrows, Space leaves out, Enter shows a post. */
(() => {
  "use strict";
  for (const part of document.querySelectorAll("[data-needs-script]")) part.hidden = false;
  const grid = document.querySelector("[data-grid]");
  const form = document.querySelector("[data-batch]");
  if (!grid || !form) return;

  const lines = [...grid.tBodies[0].rows].map((row) => [...row.querySelectorAll("[role=gridcell]")]);
  const stop = (cell) => cell.querySelector("input") || cell;
  for (const cell of lines.flat()) stop(cell).tabIndex = -1;
  const first = lines[0]?.[0];
  if (first) stop(first).tabIndex = 0;

  const place = () => {
    const cell = document.activeElement.closest("[role=gridcell]");
    const line = lines.findIndex((one) => one.includes(cell));
    return line < 0 ? null : [line, lines[line].indexOf(cell)];
  };
  const go = (line, column) => {
    const cell = lines[line]?.[column];
    if (!cell) return;
    for (const one of lines.flat()) stop(one).tabIndex = -1;
    stop(cell).tabIndex = 0;
    stop(cell).focus();
  };
  const tally = () => {
    const going = form.querySelectorAll("input[name=take]:checked").length;
    form.querySelector("[data-going]").textContent = going;
    form.querySelector("[data-staying]").textContent = lines.flat().length - going;
    for (const button of form.querySelectorAll("button[name=when]")) button.disabled = going === 0;
  };
  const show = async (cell) => {
    const answer = await fetch(cell.dataset.preview, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return;
    document.getElementById("preview").innerHTML = await answer.text();
    for (const one of grid.querySelectorAll(".shown")) one.classList.remove("shown");
    cell.classList.add("shown");
  };

  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  grid.addEventListener("keydown", (event) => {
    const at = place();
    if (!at) return;
    const [line, column] = at;
    if (steps[event.key]) {
      event.preventDefault();
      go(line + steps[event.key][0], column + steps[event.key][1]);
    } else if (event.key === "Home" || event.key === "End") {
      event.preventDefault();
      go(line, event.key === "Home" ? 0 : lines[line].length - 1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      show(lines[line][column]);
    }
  });
  grid.addEventListener("click", (event) => {
    const cell = event.target.closest("[role=gridcell]");
    if (cell) show(cell);
  });
  form.addEventListener("change", tally);
  tally();
})();
