/* Behaviour on top of pages that work without it: theme, menus, panel, HTMX errors, loading rows. */
(function () {
  "use strict";
  var doc = document, root = doc.documentElement;
  function all(selector, from) { return Array.prototype.slice.call((from || doc).querySelectorAll(selector)); }
  function closest(node, selector) { return node && node.closest ? node.closest(selector) : null; }

  /* theme */
  function showTheme() {
    var choice = window.ipTheme.choice();
    all("[data-theme-set]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.getAttribute("data-theme-set") === choice));
    });
  }
  doc.addEventListener("click", function (event) {
    var set = closest(event.target, "[data-theme-set]"), flip = closest(event.target, "[data-theme-flip]");
    if (set) { window.ipTheme.choose(set.getAttribute("data-theme-set")); }
    if (flip) { window.ipTheme.choose(root.getAttribute("data-bs-theme") === "dark" ? "light" : "dark"); }
    if (set || flip) { showTheme(); }
  });
  showTheme();

  /* the search box: Ctrl K goes there, arrow keys walk through what was found, Esc and a click outside close it */
  var finder = doc.querySelector("[data-find]"), foundBox = doc.getElementById("found");
  function closeFound() { if (foundBox) { foundBox.textContent = ""; } }
  doc.addEventListener("keydown", function (event) {
    if (!finder) { return; }
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k" && finder.offsetParent) {
      event.preventDefault();
      finder.focus();
      finder.select();
      return;
    }
    if (!closest(event.target, ".ip-search")) { return; }
    var links = all("a", foundBox), at = links.indexOf(doc.activeElement);
    if (event.key === "Escape" && links.length) {
      event.preventDefault();
      event.stopImmediatePropagation();
      finder.focus();
      closeFound();
    } else if (event.key === "ArrowDown" && links[at + 1]) {
      event.preventDefault();
      links[at + 1].focus();
    } else if (event.key === "ArrowUp" && at >= 0) {
      event.preventDefault();
      (links[at - 1] || finder).focus();
    }
  });
  doc.addEventListener("click", function (event) { if (!closest(event.target, ".ip-search")) { closeFound(); } });

  /* menus: <details class="ip-menu">; one open at a time, Esc and a click outside close it */
  function closeMenus(except) {
    all("details.ip-menu[open], .ip-tabbar details[open]").forEach(function (menu) {
      if (menu !== except) { menu.open = false; }
    });
  }
  doc.addEventListener("click", function (event) {
    closeMenus(closest(event.target, "details.ip-menu, .ip-tabbar details"));
  });

  /* panel: opened by an HTMX link or present in the page; Esc closes it, focus returns to its row */
  var opener = null;
  function body() { return doc.querySelector(".ip-body"); }
  function panel() { return doc.querySelector("#panel > .ip-panel"); }
  function markRow(link) {
    all("tr.open").forEach(function (row) { row.classList.remove("open"); });
    var row = closest(link, "tr");
    if (row) { row.classList.add("open"); }
  }
  function closePanel(push) {
    var aside = panel(), button = aside && aside.querySelector("[data-close]");
    if (!aside) { return; }
    var address = button && button.getAttribute("href");
    var back = opener && doc.contains(opener) ? opener : doc.querySelector("tr.open a.rowbtn");
    doc.getElementById("panel").textContent = "";
    body().classList.remove("has-panel");
    all("tr.open").forEach(function (row) { row.classList.remove("open"); });
    if (push && address && !button.hasAttribute("data-stay")) { history.replaceState(null, "", address); }
    if (back) { back.focus(); }
    doc.dispatchEvent(new CustomEvent("ip:panelClosed"));
  }
  doc.addEventListener("click", function (event) {
    var link = closest(event.target, "[data-panel]");
    if (link) { opener = link; }
    if (closest(event.target, "[data-close]") && panel()) { event.preventDefault(); closePanel(true); }
  });
  doc.addEventListener("htmx:afterSwap", function (event) {
    if (event.detail.target.id !== "panel") { return; }
    var aside = panel();
    body().classList.toggle("has-panel", Boolean(aside));
    if (!aside) { return; }
    markRow(opener);
    var first = aside.querySelector("[aria-invalid=true]") || aside.querySelector("form.ip-quick input:not([type=hidden]), form.ip-quick select, form.ip-quick textarea");
    var button = first || aside.querySelector("[data-close]");
    if (button) { button.focus({ preventScroll: !first }); }
  });
  /* Ctrl+Enter sends the form of the panel */
  doc.addEventListener("keydown", function (event) {
    var form = (event.ctrlKey || event.metaKey) && event.key === "Enter" && closest(event.target, "form.ip-quick");
    if (form) { event.preventDefault(); form.requestSubmit(); }
  });
  doc.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") { return; }
    var menu = doc.querySelector("details.ip-menu[open], .ip-tabbar details[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); return; }
    closePanel(true);
  });

  /* arrow keys walk through the rows of a table whose rows open something */
  doc.addEventListener("keydown", function (event) {
    var link = closest(event.target, "a.rowbtn");
    if (!link || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) { return; }
    var links = all("a.rowbtn", closest(link, "table"));
    var next = links[links.indexOf(link) + (event.key === "ArrowDown" ? 1 : -1)];
    if (next) { event.preventDefault(); next.focus(); }
  });

  /* requests: rows turn to skeletons after 300 ms; an error says what failed and offers to try again */
  var timers = new WeakMap();
  doc.addEventListener("htmx:beforeRequest", function (event) {
    var target = event.detail.target;
    clearError();
    if (!target || target.id === "panel" || target.hasAttribute("data-quiet")) { return; }
    timers.set(target, setTimeout(function () {
      target.classList.add("is-loading");
      target.setAttribute("aria-busy", "true");
    }, 300));
  });
  doc.addEventListener("htmx:afterRequest", function (event) {
    var target = event.detail.target;
    if (!target) { return; }
    clearTimeout(timers.get(target));
    target.classList.remove("is-loading");
    target.removeAttribute("aria-busy");
  });
  function clearError() { var box = doc.getElementById("request-error-shown"); if (box) { box.remove(); } }
  function showError(detail) {
    var template = doc.getElementById("request-error"), place = doc.getElementById("messages");
    if (!template || !place) { return; }
    clearError();
    var box = template.content.firstElementChild.cloneNode(true), xhr = detail.xhr;
    box.id = "request-error-shown";
    var cause = "other";
    if (!xhr || xhr.status === 0) { cause = "network"; }
    else if (xhr.status === 403) { cause = "denied"; }
    else if (xhr.status === 404) { cause = "gone"; }
    all("[data-cause]", box).forEach(function (node) { node.hidden = node.getAttribute("data-cause") !== cause; });
    var number = xhr && xhr.status ? xhr.getResponseHeader("X-Request-ID") : null;
    var event = box.querySelector("[data-event]");
    if (number) { event.querySelector("b").textContent = number; } else { event.hidden = true; }
    var again = box.querySelector("[data-retry]"), config = detail.requestConfig, source = detail.elt;
    again.hidden = cause === "denied" || cause === "gone";
    again.addEventListener("click", function () {
      clearError();
      window.htmx.ajax(config.verb, config.path, { source: source, target: detail.target, values: config.parameters });
    });
    place.appendChild(box);
    box.scrollIntoView({ block: "nearest" });
  }
  doc.addEventListener("htmx:responseError", function (event) { showError(event.detail); });
  doc.addEventListener("htmx:sendError", function (event) { showError(event.detail); });
  doc.addEventListener("htmx:timeout", function (event) { showError(event.detail); });

  /* logged out in the meantime: the answer is the log-in page, which must not land inside this page */
  doc.addEventListener("htmx:beforeSwap", function (event) {
    var address = event.detail.xhr.responseURL, login = doc.body.getAttribute("data-login");
    if (address && login && new URL(address).pathname === login) {
      event.detail.shouldSwap = false;
      window.location.reload();
    }
  });

  /* a form is sent once; the button comes back when the page is shown again from the cache */
  doc.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.hasAttribute("hx-get") || form.method !== "post" || event.defaultPrevented) { return; }
    setTimeout(function () {
      all("button[type=submit]", form).forEach(function (b) { b.disabled = true; b.setAttribute("data-sent", ""); });
    }, 0);
  });
  window.addEventListener("pageshow", function () {
    all("button[data-sent]").forEach(function (b) { b.disabled = false; b.removeAttribute("data-sent"); });
  });

  /* selects that lead somewhere (period, language): send their form at once */
  doc.addEventListener("change", function (event) {
    if (event.target.hasAttribute("data-submit")) { event.target.form.submit(); }
  });

  /* a file dropped on the zone goes into its plain file input */
  ["dragover", "dragleave", "drop"].forEach(function (kind) {
    doc.addEventListener(kind, function (event) {
      var zone = closest(event.target, ".ip-drop");
      if (!zone) { return; }
      event.preventDefault();
      zone.classList.toggle("over", kind === "dragover");
      if (kind === "drop" && event.dataTransfer.files.length) {
        zone.querySelector("input[type=file]").files = event.dataTransfer.files;
      }
    });
  });

  all("[data-print]").forEach(function (button) {
    button.addEventListener("click", function () { window.print(); });
  });
})();
