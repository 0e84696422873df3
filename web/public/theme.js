// Before the first paint, so that a dark page never flashes white. A file, so that the policy can forbid inline scripts.
(() => {
  const kept = localStorage.getItem("turnout.theme");
  const dark = kept ? kept === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
