/* Behaviour of the parts: choosing rows, board, picker, drafts. Every page works without it. */
(function () {
  "use strict";
  var doc = document;
  function all(selector, from) { return Array.prototype.slice.call((from || doc).querySelectorAll(selector)); }
  function closest(node, selector) { return node && node.closest ? node.closest(selector) : null; }

  /* a letter presses the button that names it, outside of boxes one types into */
  doc.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) { return; }
    if (closest(event.target, "input, textarea, select, [contenteditable]")) { return; }
    var button = doc.querySelector('[data-key="' + event.key.toLowerCase().replace(/["\\]/g, "") + '"]');
    if (button) { event.preventDefault(); button.click(); }
  });

  /* choosing rows: the bar appears with the first one; Shift chooses a range */
  var last = null;
  function count() {
    var boxes = all("[data-pick]"), on = boxes.filter(function (box) { return box.checked; });
    boxes.forEach(function (box) { closest(box, "tr").classList.toggle("sel", box.checked); });
    all("#bulk").forEach(function (bar) {
      bar.classList.toggle("on", on.length > 0);
      bar.querySelector("[data-pick-count]").textContent = String(on.length);
    });
    all("[data-pick-all]").forEach(function (box) {
      box.checked = boxes.length > 0 && on.length === boxes.length;
      box.indeterminate = on.length > 0 && on.length < boxes.length;
    });
  }
  doc.addEventListener("click", function (event) {
    var box = closest(event.target, "[data-pick]");
    if (box) {
      var boxes = all("[data-pick]"), from = boxes.indexOf(last), to = boxes.indexOf(box);
      if (event.shiftKey && from >= 0) {
        boxes.slice(Math.min(from, to), Math.max(from, to) + 1).forEach(function (one) { one.checked = box.checked; });
      }
      last = box;
    }
    if (closest(event.target, "[data-pick-none]")) {
      all("[data-pick]").forEach(function (one) { one.checked = false; });
    }
    if (closest(event.target, "[data-pick-all]")) {
      all("[data-pick]").forEach(function (one) { one.checked = event.target.checked; });
    }
    if (closest(event.target, "[data-pick], [data-pick-all], [data-pick-none]")) { count(); }
  });
  doc.addEventListener("htmx:afterSettle", count);
  window.addEventListener("pageshow", count);

  /* board: a dropped card clicks its menu's link to the new stage; without a move it goes back */
  var dropped = null;
  function linkTo(card, list) {
    return card.querySelector('a[data-to="' + list.getAttribute("data-stage") + '"]');
  }
  function putBack() {
    if (!dropped) { return; }
    dropped.card.classList.remove("pending");
    if (doc.contains(dropped.from)) { dropped.from.insertBefore(dropped.card, dropped.next); }
    dropped = null;
  }
  function boards() {
    if (!window.Sortable) { return; }
    all("[data-board] ul[data-stage]").forEach(function (list) {
      if (window.Sortable.get(list)) { return; }
      var next = null;
      window.Sortable.create(list, {
        group: { name: "stages", put: function (to, from, card) { return Boolean(linkTo(card, to.el)); } },
        draggable: ".ip-card[data-movable]", filter: ".ip-menu", preventOnFilter: false,
        sort: false, animation: 120, delay: 200, delayOnTouchOnly: true, ghostClass: "ghost",
        onStart: function (event) { putBack(); next = event.item.nextElementSibling; },
        onEnd: function (event) {
          if (event.to === event.from) { return; }
          dropped = { card: event.item, from: event.from, next: next };
          event.item.classList.add("pending");
          linkTo(event.item, event.to).click();
        },
      });
    });
  }
  doc.addEventListener("ip:panelClosed", putBack);
  ["htmx:responseError", "htmx:sendError", "htmx:timeout"].forEach(function (kind) { doc.addEventListener(kind, putBack); });
  doc.addEventListener("htmx:afterSettle", boards);
  doc.addEventListener("DOMContentLoaded", boards);

  /* draft: once a form is sent nothing of it is kept any more, neither what is on its way nor what would go next;
     when sending failed it goes on */
  function draftOf(form) { return form && form.querySelector ? form.querySelector(".ip-draft") : null; }
  doc.addEventListener("submit", function (event) {
    var draft = draftOf(event.target);
    if (!draft || !window.htmx) { return; }
    draft.setAttribute("data-sent", "");
    window.htmx.trigger(draft, "htmx:abort");
  }, true);
  doc.addEventListener("htmx:beforeRequest", function (event) {
    if (event.detail.elt.matches(".ip-draft[data-sent]")) { event.preventDefault(); }
  });
  ["htmx:responseError", "htmx:sendError", "htmx:timeout"].forEach(function (kind) {
    doc.addEventListener(kind, function (event) {
      var draft = draftOf(event.detail.elt);
      if (draft) { draft.removeAttribute("data-sent"); }
    });
  });
  window.addEventListener("pageshow", function () {
    all(".ip-draft[data-sent]").forEach(function (draft) { draft.removeAttribute("data-sent"); });
  });

  /* picker: a combobox; the server finds, keys or mouse choose */
  function combo(node) { return closest(node, "[data-combo]"); }
  function options(box) { return all("[role=option]", box.querySelector("[role=listbox]")); }
  function input(box) { return box.querySelector("[role=combobox]"); }
  function show(box, open) {
    box.querySelector("[role=listbox]").hidden = !open;
    input(box).setAttribute("aria-expanded", String(open));
    if (!open) { mark(box, -1); }
  }
  function mark(box, index) {
    options(box).forEach(function (one, n) {
      one.id = input(box).id + "_o" + n;
      one.setAttribute("aria-selected", String(n === index));
      if (n === index) { one.scrollIntoView({ block: "nearest" }); }
    });
    if (index >= 0) { input(box).setAttribute("aria-activedescendant", input(box).id + "_o" + index); }
    else { input(box).removeAttribute("aria-activedescendant"); }
  }
  function marked(box) {
    return options(box).findIndex(function (one) { return one.getAttribute("aria-selected") === "true"; });
  }
  function take(box, option) {
    var label = option.getAttribute("data-label");
    forgetSeveral(box);
    box.querySelector("[data-combo-pk]").value = option.getAttribute("data-value");
    box.querySelector("[data-combo-label]").value = label;
    input(box).value = label;
    show(box, false);
    input(box).dispatchEvent(new Event("change", { bubbles: true }));
  }
  function forgetSeveral(box) { all("[data-combo-several]", box).forEach(function (node) { node.remove(); }); }
  doc.addEventListener("input", function (event) {
    var box = event.target.getAttribute("role") === "combobox" && combo(event.target);
    if (!box) { return; }
    box.querySelector("[data-combo-pk]").value = "";
    box.querySelector("[data-combo-label]").value = "";
    forgetSeveral(box);
    if (!event.target.value.trim()) { box.querySelector("[role=listbox]").textContent = ""; show(box, false); }
  });
  /* a filter waits until something is chosen; what was only typed is sent with Enter, as without a script */
  doc.addEventListener("change", function (event) {
    var box = event.target.getAttribute("role") === "combobox" && closest(event.target, "#filters") && combo(event.target);
    if (box && event.target.value.trim() && !box.querySelector("[data-combo-pk]").value) { event.stopPropagation(); }
  }, true);
  doc.addEventListener("htmx:configRequest", function (event) {
    var box = event.detail.elt.getAttribute("role") === "combobox" && combo(event.detail.elt);
    if (!box) { return; }
    delete event.detail.parameters[event.detail.elt.name];
    event.detail.parameters.q = event.detail.elt.value;
    if (box.hasAttribute("data-combo-new")) { event.detail.parameters.new = "1"; }
  });
  doc.addEventListener("htmx:afterSwap", function (event) {
    var box = event.detail.target.getAttribute("role") === "listbox" && combo(event.detail.target);
    if (!box) { return; }
    var note = box.querySelector("[data-combo-note]"), typed = input(box);
    box.querySelector("[data-combo-said]").textContent = note ? note.textContent : "";
    show(box, doc.activeElement === typed && Boolean(note) && !box.querySelector("[data-combo-pk]").value);
    mark(box, -1);
  });
  doc.addEventListener("keydown", function (event) {
    var box = event.target.getAttribute && event.target.getAttribute("role") === "combobox" && combo(event.target);
    if (!box || event.isComposing) { return; }
    var open = !box.querySelector("[role=listbox]").hidden, list = options(box), now = marked(box);
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && list.length) {
      event.preventDefault();
      show(box, true);
      mark(box, (now + (event.key === "ArrowDown" ? 1 : now < 0 ? 0 : -1) + list.length) % list.length);
    } else if (event.key === "Enter" && open && now >= 0) {
      event.preventDefault();
      take(box, list[now]);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      show(box, false);
    }
  }, true);
  doc.addEventListener("mousedown", function (event) {
    var option = closest(event.target, "[data-combo] [role=option]");
    if (closest(event.target, "[data-combo] [role=listbox]")) { event.preventDefault(); }
    if (option) { take(combo(option), option); }
  });
  doc.addEventListener("focusout", function (event) {
    var box = event.target.getAttribute("role") === "combobox" && combo(event.target);
    if (box) { show(box, false); }
  });

  /* a form that is drawn anew keeps what was typed after it was asked for */
  var asked = {}, typed = {};
  function values(form) {
    var found = {};
    all("input:not([type=hidden]), select, textarea", form).forEach(function (box) {
      if (box.name) { found[box.name] = box.type === "checkbox" ? box.checked : box.value; }
    });
    return found;
  }
  doc.addEventListener("htmx:beforeRequest", function (event) {
    if (event.detail.target && event.detail.target.hasAttribute("data-keeps-typed")) { asked = values(event.detail.target); }
  });
  doc.addEventListener("htmx:beforeSwap", function (event) {
    if (!event.detail.target.hasAttribute("data-keeps-typed")) { return; }
    var now = values(event.detail.target);
    typed = {};
    Object.keys(now).forEach(function (name) { if (name in asked && now[name] !== asked[name]) { typed[name] = now[name]; } });
  });
  doc.addEventListener("htmx:afterSettle", function () {
    var form = doc.querySelector("[data-keeps-typed]");
    Object.keys(typed).forEach(function (name) {
      var box = form && form.elements[name];
      if (!box || box.length && box.tagName !== "SELECT") { return; }
      if (box.type === "checkbox") { box.checked = typed[name]; } else { box.value = typed[name]; }
      box.dispatchEvent(new Event("change", { bubbles: true }));  /* it may ask for a form of its own */
    });
    typed = {};
  });
})();
