// The widget while the house is locked: a button, and behind it the phone and
// the hours. It sends nothing and keeps nothing.
(() => {
  const { base, words } = JSON.parse("OKOSHKO_WORDS");
  const script = document.currentScript;
  const asked = (script?.dataset.lang || document.documentElement.lang || "").slice(0, 2);
  const word = words[asked] || words[""];
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "closed" });
  const side = script?.dataset.position === "left" ? "left" : "right";
  const style = new CSSStyleSheet();
  style.replaceSync(`
    :host { all: initial }
    a { position: fixed; bottom: 16px; ${side}: 16px; z-index: 2147483000; padding: 12px 18px; border-radius: 24px;
        background: #0b5cad; color: #fff; font: 600 16px/1.3 system-ui, sans-serif; text-decoration: none }`);
  root.adoptedStyleSheets = [style];
  const link = document.createElement("a");
  link.href = new URL("/", script?.src || base).href + "?lang=" + word.lang;
  link.target = "_blank";
  link.rel = "noopener";
  link.textContent = word.label;
  root.append(link);
  const show = () => document.body.append(host);
  document.body ? show() : addEventListener("DOMContentLoaded", show);
})();
