/* The recognition desk: a button that needs a reason opens its box first; looking at pictures. */
(function () {
  "use strict";
  var doc = document;
  function closest(node, selector) { return node && node.closest ? node.closest(selector) : null; }
  /* "1,860.00" is 1860 */
  function same(field) {
    function plain(text) { return Number(text.replace(/[,，\s]/g, "")); }
    return plain(field.value) === plain(field.getAttribute("data-whole"));
  }
  function say(text) { var live = doc.getElementById("live"); if (live) { live.textContent = text; } }

  doc.addEventListener("click", function (event) {
    var look = closest(event.target, "[data-look]");
    if (look) {
      var picture = doc.querySelector(".stage .doc");
      if (look.getAttribute("data-look") === "zoom") { picture.classList.toggle("large"); return; }
      var turned = (Number(picture.getAttribute("data-turned") || 0) + 1) % 4;
      picture.setAttribute("data-turned", String(turned));
      return;
    }
    var button = closest(event.target, "[data-wants]");
    if (!button) { return; }
    var form = button.form, reason = form.elements.reason, amount = form.elements.amount;
    var wants = button.getAttribute("data-wants");
    if (wants.indexOf("amount") >= 0 && same(amount)) {
      event.preventDefault();
      event.stopPropagation();
      amount.focus();
      amount.select();
      say(button.textContent.trim());
      return;
    }
    if (!reason.value.trim()) {
      event.preventDefault();
      event.stopPropagation();
      closest(reason, "details").open = true;
      reason.focus();
      say(button.textContent.trim());
      form.setAttribute("data-then", button.value);
    }
  }, true);

  /* Enter in the amount asks for the reason when it is less; Ctrl+Enter in the reason sends what was begun */
  doc.addEventListener("keydown", function (event) {
    var form = closest(event.target, "[data-decide]");
    if (!form || event.key !== "Enter" || event.isComposing) { return; }
    var field = event.target, then = form.getAttribute("data-then") || "amount";
    if (field.name === "amount") {
      event.preventDefault();
      var whole = same(field);
      var press = form.querySelector(whole ? '[data-key="a"], [value="again"]' : '[data-wants][value="amount"], [value="back"][data-key]');
      if (press) { press.click(); }
    } else if (field.name === "reason" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.querySelector('[data-wants][value="' + then + '"]').click();
    }
  });
  doc.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && closest(event.target, "[data-decide]")) { event.target.blur(); }
  });

  /* the chosen line of the queue stays in sight; on a phone the page knows that an entry is open */
  function settle() {
    var desk = doc.getElementById("desk"), on = doc.querySelector(".ip-q.on");
    if (!desk) { return; }
    var one = /[?&]entry=/.test(window.location.search);
    desk.classList.toggle("one", one);
    doc.body.classList.toggle("one", one);
    if (on) { on.scrollIntoView({ block: "nearest" }); }
  }
  doc.addEventListener("htmx:afterSettle", settle);
  doc.addEventListener("htmx:pushedIntoHistory", settle);
})();
