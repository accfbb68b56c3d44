/* The admin's form of a periodic task: says in words when the chosen crontab fires. The library
   brings this as a script inside its page, which our policy does not let run. */
(() => {
  "use strict";
  const words = JSON.parse(document.getElementById("readable-crontabs").textContent);
  const choice = document.getElementById("id_crontab");
  document.querySelector(".field-crontab_translation")?.setAttribute("hidden", "");
  if (!choice) return;
  const line = document.createElement("div");
  line.className = "help";
  choice.closest(".field-crontab").append(line);
  const say = () => {
    line.textContent = words[choice.value] ? `In words: ${words[choice.value]}` : "";
  };
  choice.addEventListener("change", say);
  say();
})();
