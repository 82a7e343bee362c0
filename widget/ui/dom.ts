// Elements without markup in strings, so that the strictest host policy
// (Trusted Types, no inline style) has nothing to refuse.

type Value = string | number | boolean | null | undefined | ((e: any) => void);
type Kid = Node | string | null | undefined | false;

/** h makes an element. Functions are listeners («onclick»), true is an empty attribute. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props?: Record<string, Value> | null, ...kids: Kid[]): HTMLElementTagNameMap[K] {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) set(el, name, value);
  el.append(...kids.filter((kid): kid is Node | string => !!kid));
  return el;
}

/** set writes an attribute, or takes it away (false, null). */
export function set(el: Element, name: string, value: Value): void {
  if (typeof value === "function") el.addEventListener(name.slice(2), value);
  else if (value == null || value === false) el.removeAttribute(name);
  else el.setAttribute(name, value === true ? "" : String(value));
}

const svg = "http://www.w3.org/2000/svg";

const shapes = {
  chat: "M20 11.5a7.5 7.5 0 0 1-7.5 7.5H5.6a.6.6 0 0 1-.5-.9L6.3 16A7.5 7.5 0 1 1 20 11.5ZM9 10h7M9 13.5h4.5",
  close: "m6 6 12 12M18 6 6 18",
  down: "m6 9.5 6 6 6-6",
  send: "M12 19V5.5M5.8 11.5 12 5.3l6.2 6.2",
  menu: "M5 12h.01M12 12h.01M19 12h.01",
  pane: "M5.5 4h13A1.5 1.5 0 0 1 20 5.5v13a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 18.5v-13A1.5 1.5 0 0 1 5.5 4ZM12 4v16M4 12h16",
  day: "M5 6.5h14a1 1 0 0 1 1 1V19a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7.5a1 1 0 0 1 1-1ZM4 11h16M8.5 4v4M15.5 4v4",
  person: "M12 11.5a3.7 3.7 0 1 0 0-7.5 3.7 3.7 0 0 0 0 7.5ZM4.8 20c.5-3.5 3.5-5.5 7.2-5.5s6.7 2 7.2 5.5",
  place: "M12 21c4-4 6.5-7.3 6.5-10.7a6.5 6.5 0 1 0-13 0C5.5 13.7 8 17 12 21ZM12 12.5a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6Z",
  shield: "M12 3.5 5 6v5.5c0 4.3 2.8 7.4 7 9 4.2-1.6 7-4.7 7-9V6l-7-2.5ZM9 12l2.2 2.2L15.2 10",
  bin: "M5 7h14M10 7V4.5h4V7M7 7l.8 12.5h8.4L17 7M10.5 11v5M13.5 11v5",
  doc: "M7 3.5h7L18.5 8v12a.5.5 0 0 1-.5.5H7a1 1 0 0 1-1-1v-15a1 1 0 0 1 1-1ZM13.5 3.5V8.5h5M9 13h6.5M9 16.5h4.5",
};

/** icon is a picture of 24 units drawn in the text's colour, hidden from readers. */
export function icon(shape: keyof typeof shapes): SVGElement {
  const el = document.createElementNS(svg, "svg");
  const path = document.createElementNS(svg, "path");
  for (const [name, value] of [["viewBox", "0 0 24 24"], ["aria-hidden", "true"], ["focusable", "false"]] as const) el.setAttribute(name, value);
  path.setAttribute("d", shapes[shape]);
  el.append(path);
  return el;
}
