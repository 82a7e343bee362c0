// The skeleton of the chat: launcher, window, log, line of state, composer, menu.

import { h, icon } from "./dom";
import { Hold } from "./hold";
import { words, type Lang, type Words } from "./text";

export type Parts = ReturnType<typeof panel>;

/** panel builds all parts once; texts that change are set by the chat. */
export function panel(w: Words, lang: Lang, name: string, label: string, policy: string) {
  const badge = h("span", { class: "badge", hidden: true, "aria-hidden": "true" });
  const call = h("span", { class: "hid" });
  const launcher = h(
    "button",
    { type: "button", class: "launch", part: "launcher", "aria-expanded": "false", "aria-haspopup": "dialog" },
    icon("chat"),
    label ? h("span", { class: "lbl" }, label) : null,
    call,
    badge,
  );

  const title = h("h2", { id: "title" }, name || w.title);
  const sub = h("p", { class: "sub" });
  const more = h("button", { type: "button", class: "ic", "aria-label": w.menu, "aria-expanded": "false", "aria-controls": "menu" }, icon("menu"));
  const shut = h("button", { type: "button", class: "ic", "aria-label": w.close }, icon("close"));
  const head = h("header", { class: "head" }, h("span", { class: "ava", "aria-hidden": "true" }, icon("pane")), h("div", { class: "names" }, title, sub), more, shut);

  const langs = (Object.keys(words) as Lang[]).map((l) => h("button", { type: "button", class: "lang", lang: l, "aria-pressed": String(l === lang), "data-lang": l }, words[l].name));
  const forget = h("button", { type: "button", class: "item" }, icon("bin"), w.forget);
  const yes = h("button", { type: "button", class: "main danger" }, w.forgetYes);
  const no = h("button", { type: "button", class: "chip" }, w.cancel);
  const sure = h("div", { class: "sure", hidden: true }, h("p", null, w.forgetAsk), h("div", { class: "row" }, yes, no));
  const menu = h(
    "div",
    { class: "menu", id: "menu", hidden: true, role: "group", "aria-label": w.menu },
    h("div", { class: "langs", role: "group", "aria-label": w.language }, ...langs),
    h("a", { class: "item", href: policy, target: "_blank", rel: "noopener" }, icon("shield"), w.policy),
    forget,
    sure,
  );

  const intro = h(
    "div",
    { class: "intro" },
    h("span", { class: "ava big", "aria-hidden": "true" }, icon("pane")),
    h("p", { class: "hi" }, w.hello),
    h("p", null, w.about),
    h("p", { class: "fine" }, w.robot),
  );
  const log = h("div", { class: "log", "aria-label": w.log, "aria-live": "off", part: "log" });
  const dots = h("div", { class: "dots", hidden: true, "aria-hidden": "true" }, h("i"), h("i"), h("i"));
  const acts = h("div", { class: "acts", role: "group", "aria-label": w.choices });
  const scroll = h("div", { class: "scroll", tabindex: "0" }, intro, log, dots, acts);
  const newer = h("button", { type: "button", class: "newer", hidden: true }, w.newer, icon("down"));

  const hold = new Hold(w);
  const state = h("div", { class: "state", role: "status" });
  const area = h("textarea", { class: "in", rows: 1, id: "say", "aria-label": w.say, enterkeyhint: "send", autocapitalize: "sentences" });
  const line = h("input", { class: "in", "aria-label": w.say, enterkeyhint: "send", hidden: true });
  const swap = h("button", { type: "button", class: "ic swap", hidden: true });
  const send = h("button", { type: "submit", class: "go", "aria-label": w.send, disabled: true }, icon("send"));
  const count = h("p", { class: "count", id: "count", role: "status" });
  const form = h("form", { class: "say", novalidate: true, autocomplete: "on" }, h("div", { class: "box" }, swap, area, line, send), count);
  const care = h("p", { class: "care" }, w.care + " ", h("a", { href: policy, target: "_blank", rel: "noopener" }, w.policy));

  const dialog = h("div", { class: "panel", part: "panel", role: "dialog", tabindex: "-1", "aria-labelledby": "title", hidden: true }, head, menu, h("div", { class: "mid" }, scroll, newer), hold.el, state, form, care);
  const root = h("div", { class: "root", lang }, dialog, launcher);
  return { root, launcher, call, badge, dialog, title, sub, more, shut, langs, menu, forget, sure, yes, no, intro, log, dots, acts, scroll, newer, hold, state, area, line, swap, send, count, form };
}
