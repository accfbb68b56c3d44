/* What matters most in a picture: pressing on it moves the two sliders, and they move the cross. */
(() => {
  "use strict";

  const draw = (part) => {
    for (const slider of part.querySelectorAll("[data-focus-at]")) {
      const way = slider.dataset.focusAt;
      const line = part.querySelector(`[data-focus-line=${way}]`);
      line.setAttribute(`${way}1`, slider.value);
      line.setAttribute(`${way}2`, slider.value);
    }
  };

  document.addEventListener("click", (event) => {
    const picture = event.target.closest("[data-focus-on]");
    if (!picture) return;
    const part = picture.closest("[data-focus]");
    const box = picture.getBoundingClientRect();
    const shares = {
      x: (event.clientX - box.left) / box.width,
      y: (event.clientY - box.top) / box.height,
    };
    for (const slider of part.querySelectorAll("[data-focus-at]")) {
      slider.value = Math.round(shares[slider.dataset.focusAt] * 100);
    }
    draw(part);
    part.querySelector("[data-focus-at]").dispatchEvent(new Event("input", { bubbles: true }));
  });

  document.addEventListener("input", (event) => {
    const part = event.target.closest("[data-focus]");
    if (part) draw(part);
  });
})();
