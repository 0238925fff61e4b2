/* Behaviour of the parts: choosing rows, board, picker, drafts. Every page works without it. */
(function () {
  "use strict";
  var doc = document;
  function all(selector, from) { return Array.prototype.slice.call((from || doc).querySelectorAll(selector)); }
  function closest(node, selector) { return node && node.closest ? node.closest(selector) : null; }
})();
