/* The posts of a thread as cards: dragged, moved by keys, written in.

   The one text stays what is sent. Cards are joined into it, with a line of three hyphens between
   them, and the server cuts and counts it anew. While somebody works in the cards they stay as they
   are, and only what the server counted is put into them. */
(() => {
  "use strict";

  const CUT = "\n---\n";
  const cardsOf = (deck) => [...deck.querySelectorAll("[data-card]")];
  const fieldOf = (card) => card.querySelector("[data-card-text]");

  const announce = (words) => {
    const line = document.querySelector("[data-announced]");
    if (line) line.textContent = words;
  };

  /* Numbers in what screen readers say follow the order. */
  const renumber = (deck) => {
    const cards = cardsOf(deck);
    cards.forEach((card, index) => {
      const place = index + 1;
      fieldOf(card).setAttribute("aria-label", `Post ${place} of ${cards.length}`);
      for (const button of card.querySelectorAll("[data-card-move]")) {
        const way = button.dataset.cardMove === "earlier" ? "up" : "down";
        button.setAttribute("aria-label", `Move post ${place} ${way}`);
      }
    });
  };

  /* Put what the cards say into the text; its own event lets the server look and the draft be kept. */
  const write = (deck) => {
    const field = document.getElementById(deck.dataset.writesTo);
    const texts = cardsOf(deck).map((card) => fieldOf(card).value.trim());
    field.value = texts.filter((text) => text).join(CUT);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const moved = (deck, card, from) => {
    const place = cardsOf(deck).indexOf(card) + 1;
    renumber(deck);
    announce(`Post ${from} is ${place} of ${cardsOf(deck).length} now.`);
    write(deck);
  };

  /* The other card is moved, so that the one that is worked with keeps the focus. */
  const move = (card, way) => {
    const deck = card.closest("[data-deck]");
    const from = cardsOf(deck).indexOf(card) + 1;
    const other = way === "earlier" ? card.previousElementSibling : card.nextElementSibling;
    if (!other) {
      announce(`Post ${from} is the ${way === "earlier" ? "first" : "last"} already.`);
      return;
    }
    if (way === "earlier") card.after(other);
    else card.before(other);
    moved(deck, card, from);
  };

  const add = (deck) => {
    const last = cardsOf(deck).at(-1);
    const card = last.cloneNode(true);
    fieldOf(card).id += "-new";
    fieldOf(card).value = "";
    card.querySelector("[data-card-foot]").textContent = "";
    last.after(card);
    renumber(deck);
    fieldOf(card).focus();
  };

  let dragging = false;
  const makeSortable = () => {
    for (const list of document.querySelectorAll("[data-cards]:not([data-sortable])")) {
      list.dataset.sortable = "yes";
      new Sortable(list, {
        handle: "[data-grip]",
        draggable: "[data-card]",
        animation: 120,
        onStart: () => { dragging = true; },
        onEnd: (event) => {
          dragging = false;
          if (event.oldIndex === event.newIndex) return;
          moved(list.closest("[data-deck]"), event.item, event.oldIndex + 1);
        },
      });
    }
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-card-move]");
    if (button) move(button.closest("[data-card]"), button.dataset.cardMove);
    const more = event.target.closest("[data-card-add]");
    if (more) add(more.closest("[data-deck]"));
  });

  document.addEventListener("keydown", (event) => {
    const way = { ArrowUp: "earlier", ArrowDown: "later" }[event.key];
    const card = way && event.altKey && event.target.closest("[data-card]");
    if (!card) return;
    event.preventDefault();
    move(card, way);
  });

  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-card-text]")) write(event.target.closest("[data-deck]"));
  });

  /* What the server says of other cards than these is shown once nobody is in them any more. */
  const outdated = new WeakSet();
  const takeCounts = (deck, fresh) => {
    const cards = cardsOf(deck).filter((card) => fieldOf(card).value.trim());
    const theirs = fresh ? cardsOf(fresh) : [];
    if (!fresh || theirs.length !== cards.length || cards.length !== cardsOf(deck).length) {
      outdated.add(deck);
    }
    if (!fresh) return;
    deck.querySelector("[data-deck-head]").replaceWith(fresh.querySelector("[data-deck-head]"));
    deck.dataset.writesTo = fresh.dataset.writesTo;
    if (theirs.length !== cards.length) return;
    cards.forEach((card, index) => {
      const foot = theirs[index].querySelector("[data-card-foot]");
      card.querySelector("[data-card-foot]").replaceWith(foot);
    });
  };

  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target, fragment } = event.detail;
    if (target.id !== "cards") return;
    if (!dragging && !target.contains(document.activeElement)) return;
    event.detail.shouldSwap = false;
    const fresh = new Map(
      [...fragment.querySelectorAll("[data-deck]")].map((deck) => [deck.getAttribute("aria-labelledby"), deck]),
    );
    for (const deck of target.querySelectorAll("[data-deck]")) {
      takeCounts(deck, fresh.get(deck.getAttribute("aria-labelledby")));
    }
  });

  document.addEventListener("focusout", (event) => {
    const deck = event.target.closest && event.target.closest("[data-deck]");
    if (!deck || deck.contains(event.relatedTarget) || !outdated.delete(deck)) return;
    deck.closest("form").dispatchEvent(new CustomEvent("composed", { bubbles: true }));
  });

  document.addEventListener("htmx:afterSettle", makeSortable);
  document.addEventListener("DOMContentLoaded", makeSortable);
})();
