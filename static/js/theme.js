/* Sets the theme before the first paint. Loaded in <head> without defer: keep it tiny. */
(function () {
  var root = document.documentElement;
  root.classList.add("has-js");
  function stored() {
    try { return localStorage.getItem("theme") || "system"; } catch (e) { return "system"; }
  }
  var dark = window.matchMedia ? matchMedia("(prefers-color-scheme: dark)") : { matches: false };
  function apply(choice) {
    var theme = choice === "system" ? (dark.matches ? "dark" : "light") : choice;
    root.setAttribute("data-bs-theme", theme);
    root.setAttribute("data-theme-choice", choice);
    /* The cookie lets the server write the right attribute, so pages without this script agree too. */
    document.cookie = "theme=" + theme + ";path=/;max-age=31536000;samesite=lax";
    document.dispatchEvent(new CustomEvent("ip:theme", { detail: theme }));
  }
  window.ipTheme = {
    choice: stored,
    choose: function (choice) {
      try { localStorage.setItem("theme", choice); } catch (e) { /* private window: this page only */ }
      apply(choice);
    }
  };
  if (dark.addEventListener) {
    dark.addEventListener("change", function () { if (stored() === "system") { apply("system"); } });
  }
  apply(stored());
})();
