/* Late work: a group's box and the boxes of its posts go together. Without this the group's box
   alone stands for all of it. */
(() => {
  "use strict";
  const form = document.querySelector("[data-groups]");
  if (!form) return;
  for (const part of form.querySelectorAll("[data-needs-script]")) part.hidden = false;
  const posts = (details) => [...details.querySelectorAll("input[name=post]")];

  const follow = (details) => {
    const group = details.querySelector("[data-group]");
    const some = posts(details).filter((box) => box.checked).length;
    // All that are listed is not all there is where more are left out; only the group's box is that.
    if (group && !group.checked) group.indeterminate = some > 0;
  };

  form.addEventListener("change", (event) => {
    const details = event.target.closest("[data-late-group]");
    if (!details) return;
    const group = details.querySelector("[data-group]");
    if (event.target === group) {
      for (const box of posts(details)) box.checked = group.checked;
    } else if (!event.target.checked && group) {
      group.checked = false;
    }
    follow(details);
  });

  const all = form.querySelector("[data-choose-groups]");
  all?.addEventListener("click", () => {
    const groups = [...form.querySelectorAll("[data-group]")];
    const on = groups.some((box) => !box.checked);
    for (const box of groups) {
      if (box.checked !== on) box.click();
    }
    all.textContent = on ? "Choose none" : "Choose all";
  });
  for (const details of form.querySelectorAll("[data-late-group]")) {
    const group = details.querySelector("[data-group]");
    if (group?.checked) for (const box of posts(details)) box.checked = true;
    follow(details);
  }
})();
