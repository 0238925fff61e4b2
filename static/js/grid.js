/* Grids of boxes (month grid, targets): paste a block from a sheet, walk by keys, sums below. The form works without it. */
(function () {
  "use strict";
  var doc = document, table = doc.querySelector("[data-grid]");
  if (!table) { return; }
  function all(selector, from) { return Array.prototype.slice.call((from || doc).querySelectorAll(selector)); }
  function rows() { return all("tbody tr", table); }
  function boxes(row) { return all("td", row).map(function (cell) { return cell.querySelector("[data-cell]"); }); }
  function at(box) {
    var row = box.closest("tr");
    return { row: rows().indexOf(row), column: boxes(row).indexOf(box) };
  }
  function box(row, column) {
    var line = rows()[row];
    return line ? boxes(line)[column] || null : null;
  }
  function number(text) {
    var bare = text.replace(/[，,\s]/g, "");
    return /^[+-]?\d*\.?\d+$/.test(bare) ? Number(bare) : 0;
  }

  /* sums of the yuan rows; what was reported before is part of what the server wrote */
  var base = {};
  all("[data-sum]", table).forEach(function (node) {
    var kind = node.getAttribute("data-sum");
    base[kind] = number(node.textContent.replace("\u2212", "-")) - typed(kind);
  });
  function typed(kind) {
    return all('[data-cell="' + kind + '"]:not([data-foreign])', table).reduce(function (sum, one) { return sum + number(one.value || one.getAttribute("data-else") || ""); }, 0);
  }
  function add() {
    all("[data-sum]", table).forEach(function (node) {
      var kind = node.getAttribute("data-sum"), sum = base[kind] + typed(kind);
      node.textContent = sum.toFixed(2).replace(/\B(?=(\d{3})+(?!\d)\.)/g, ",").replace(/\B(?=(\d{3})+\.)/g, ",").replace("-", "\u2212");
    });
  }
  table.addEventListener("input", add);

  /* keys: Enter and the arrows up and down go through a column; Escape puts back what stood there */
  table.addEventListener("keydown", function (event) {
    var here = event.target.closest("[data-cell]");
    if (!here || event.ctrlKey || event.metaKey || event.altKey) { return; }
    var step = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape" && here.value !== here.defaultValue) {
      here.value = here.defaultValue;
      add();
      return;
    }
    if (!step) { return; }
    event.preventDefault();
    var place = at(here), next = null, row = place.row + step;
    while (!next && row >= 0 && row < rows().length) { next = box(row, place.column); row += step; }
    if (next) { next.focus(); next.select(); }
  });

  /* paste: a block fills from the box on; a first column of project names or numbers says which row is which */
  function lineOf(name) {
    var wanted = name.trim();
    if (!wanted) { return -1; }
    return rows().findIndex(function (row) {
      return ["data-name", "data-number", "data-label"].some(function (name) { return row.getAttribute(name) === wanted; });
    });
  }
  function block(text) {
    return text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n").map(function (line) { return line.split("\t"); });
  }
  table.addEventListener("paste", function (event) {
    var here = event.target.closest("[data-cell]"), data = event.clipboardData;
    var lines = here && data ? block(data.getData("text/plain")) : [];
    if (lines.length < 2 && (lines[0] || []).length < 2) { return; }
    event.preventDefault();
    var place = at(here), done = 0, left = 0, unknown = 0;
    var named = lines.some(function (line) { return line.length > 1 && lineOf(line[0]) >= 0; });
    lines.forEach(function (line, down) {
      var row = named ? lineOf(line[0]) : place.row + down, cells = named ? line.slice(1) : line;
      if (named && row < 0) { unknown += line[0].trim() ? 1 : 0; return; }
      cells.forEach(function (value, right) {
        var target = box(row, place.column + right);
        if (!value.trim()) { return; }
        if (!target || target.readOnly) { left += 1; return; }
        target.value = value.trim();
        done += 1;
      });
    });
    add();
    var said = doc.querySelector("[data-grid-said]");
    said.textContent = [[done, "fit"], [left, "left"], [unknown, "unknown"]].filter(function (one) { return one[0] || one[1] === "fit"; })
      .map(function (one) { return one[0] + " " + said.getAttribute("data-" + one[1]); }).join(", ");
  });
})();
