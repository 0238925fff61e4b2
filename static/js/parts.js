/* Behaviour of the parts: choosing rows, board, picker, drafts. Every page works without it. */
(function () {
  "use strict";
  var doc = document;
  function all(selector, from) { return Array.prototype.slice.call((from || doc).querySelectorAll(selector)); }
  function closest(node, selector) { return node && node.closest ? node.closest(selector) : null; }

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
})();
