/* What the admin's own widgets leave out: names for screen readers, and rows that are cards on a
   phone (admin.css) yet stay a table to those who do not see it. */
(() => {
  "use strict";
  const words = (element) => element.textContent.replace(/:\s*$/, "").trim();

  /* Pickers with a search box stand beside a hidden select, and their names stay with that. */
  const namePickers = () => {
    for (const select of document.querySelectorAll("select.admin-autocomplete")) {
      const label = document.querySelector(`label[for="${select.id}"]`);
      const box = select.parentElement.querySelector(".select2-selection");
      if (!label || !box) continue;
      label.id ||= `${select.id}_label`;
      const shown = box.querySelector(".select2-selection__rendered");
      box.setAttribute("aria-labelledby", `${label.id} ${shown ? shown.id : ""}`.trim());
      if (shown) shown.setAttribute("aria-label", words(label));
    }
  };

  const nameTimes = () => {
    for (const field of document.querySelectorAll(".vDateField, .vTimeField")) {
      if (field.labels.length) continue;
      const row = field.closest(".form-row");
      const label = row && row.querySelector("legend, label");
      const kind = field.classList.contains("vDateField") ? "date" : "time";
      field.setAttribute("aria-label", label ? `${words(label)}, ${kind}` : kind);
    }
  };

  const keepTable = (table) => {
    const heads = [...table.querySelectorAll("thead th")].map((head) => words(head.querySelector(".text") || head));
    table.setAttribute("role", "table");
    for (const part of table.querySelectorAll("thead, tbody")) part.setAttribute("role", "rowgroup");
    for (const row of table.querySelectorAll("tr")) {
      row.setAttribute("role", "row");
      [...row.children].forEach((cell, place) => {
        const head = cell.closest("thead") ? "columnheader" : "rowheader";
        cell.setAttribute("role", cell.tagName === "TH" ? head : "cell");
        if (cell.tagName === "TD" && heads[place]) cell.dataset.head = heads[place];
      });
    }
  };

  addEventListener("load", () => {
    // jQuery makes the pickers when it is ready, which may be after this.
    window.django?.jQuery?.(namePickers);
    document.addEventListener("formset:added", namePickers);
    nameTimes();
    const table = document.getElementById("result_list");
    if (table) keepTable(table);
  });
})();
