// How one message looks: bubble, choices, times by day, consent, appointment.

import { capital, dayName, wall } from "./clock";
import { h, icon, set } from "./dom";
import type { Kept } from "./hold";
import type { Words } from "./text";

export interface Button {
  id: string;
  label: string;
}

export interface Slot {
  id: string;
  start: string;
  end: string;
  service: string;
  specialist: string;
  branch: string;
}

export interface Appointment {
  number: string;
  status: string;
  service?: string;
  specialist?: string;
  branch?: string;
  start: string;
  end?: string;
  calendar?: string; // address of its entry for a calendar
}

export interface Message {
  seq: number;
  at: string;
  from: "visitor" | "assistant" | "operator";
  author?: string;
  text?: string;
  expects?: string;
  buttons?: Button[];
  slots?: Slot[];
  appointment?: Appointment;
  appointments?: Appointment[]; // all of a visit of several services
  consent?: { version: string; url: string };
  hold?: Kept;
  me?: { url: string }; // the page of the visitor's own data
}

/** Pick is called with the id of a button or slot and what the visitor "said" by it. */
type Choose = (id: string, label: string) => void;

/** appointments are those whose cards the message has. */
export const appointments = (m: Message): Appointment[] => m.appointments || (m.appointment ? [m.appointment] : []);

/** clean drops invisible characters that could carry hidden words. */
export const clean = (text: string) => text.replace(/[\u200b-\u200d\u2060\u202a-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/gu, "");

/** emergency numbers become links to dial; prices and times do not. */
const dial = /\b(103|112)\b(?![.,:]?\d|\s?(?:₽|руб))/;

/** prose is the text with emergency numbers as links. */
function prose(text: string): (string | Node)[] {
  return clean(text).split(dial).map((part, i) => (i % 2 ? h("a", { href: `tel:${part}` }, part) : part));
}

/** speaker is who is heard before the message by a screen reader, and seen above an operator's. */
export const speaker = (w: Words, m: { from: string; author?: string }) =>
  m.from === "visitor" ? w.you : m.from === "operator" ? m.author || w.staff : w.bot;

/** bubble is one message of the log. */
export function bubble(w: Words, m: Pick<Message, "from" | "text"> & Partial<Message>): HTMLElement {
  const who = speaker(w, m);
  const label = m.from === "operator" ? h("span", { class: "who" }, who, h("span", { class: "hid" }, ": ")) : h("span", { class: "hid" }, `${who}: `);
  return h(
    "div",
    { class: `msg ${m.from}`, part: `message ${m.from}` },
    h("div", { class: "bub" }, label, h("span", { class: "txt" }, ...(m.from === "visitor" ? [clean(m.text || "")] : prose(m.text || "")))),
    h("div", { class: "meta" }, m.at ? wall(m.at).clock : ""),
  );
}


/** choices is the row of ready answers; long ones stand one under another. */
export function choices(buttons: Button[], pick: Choose): HTMLElement {
  const long = buttons.some((b) => b.label.length > 26);
  return h("div", { class: long ? "pick list" : "pick" }, ...buttons.map((b) => h("button", { type: "button", class: "chip", onclick: () => pick(b.id, b.label) }, clean(b.label))));
}

/** most is the times shown before «Показать ещё». */
const most = 15;

/** times is the free slots by day, then by specialist and branch. */
export function times(w: Words, slots: Slot[], pick: Choose): HTMLElement {
  const who = (s: Slot) => [s.specialist, s.branch].filter(Boolean).join(" · ");
  const same = slots.every((s) => who(s) === who(slots[0]!));
  const root = h("div", { class: "times" });
  let day: HTMLElement | undefined;
  let grid: HTMLElement | undefined;
  let lastDay = "";
  let lastWho = "";
  slots.forEach((s, i) => {
    const t = wall(s.start);
    if (t.date !== lastDay) {
      day = h("section", { class: "day" }, h("h3", null, dayName(w, s.start)));
      root.append(day);
      lastWho = "";
    }
    if (t.date !== lastDay || who(s) !== lastWho) {
      if (who(s) && (!same || !lastDay)) day!.append(h("p", { class: "with" }, ...withWhom(s)));
      grid = h("div", { class: "grid" });
      day!.append(grid);
    }
    lastDay = t.date;
    lastWho = who(s);
    const full = `${dayName(w, s.start)}, ${t.clock}`;
    grid!.append(h("button", { type: "button", class: "time", hidden: i >= most, "aria-label": [full, who(s)].filter(Boolean).join(", "), onclick: () => pick(s.id, full) }, t.clock));
  });
  if (slots.length > most) fold(w, root, slots.length - most);
  return root;
}

const withWhom = (s: Slot) => [s.specialist && h("b", null, clean(s.specialist)), s.branch && h("span", null, clean(s.branch))].filter((x): x is HTMLElement => !!x);

/** fold hides what is past the first times, with their empty days, behind one button. */
function fold(w: Words, root: HTMLElement, n: number): void {
  const hidden = [...root.querySelectorAll<HTMLElement>(".time[hidden]")];
  for (const grid of root.querySelectorAll<HTMLElement>(".grid")) {
    if (grid.querySelector(".time:not([hidden])")) continue;
    for (const el of [grid, grid.previousElementSibling as HTMLElement]) if (!el.matches("h3")) (hidden.push(el), (el.hidden = true));
    const day = grid.closest<HTMLElement>(".day")!;
    if (!day.querySelector(".time:not([hidden])") && !day.hidden) (hidden.push(day), (day.hidden = true));
  }
  const more = h("button", { type: "button", class: "more" }, w.more(n), icon("down"));
  more.onclick = () => {
    for (const el of hidden) el.hidden = false;
    more.remove();
    hidden[0]!.focus();
  };
  root.append(more);
}

/** consent is its own step: an empty box, the exact text behind a link, and a way to say no. */
export function consent(w: Words, buttons: Button[], url: string, pick: Choose): HTMLElement {
  const [yes, ...rest] = buttons;
  const box = h("input", { type: "checkbox", id: "agree" });
  const agree = h("button", { type: "button", class: "main", disabled: true, onclick: () => pick(yes!.id, yes!.label) }, yes?.label || w.agree);
  box.onchange = () => (agree.disabled = !box.checked);
  return h(
    "div",
    { class: "card agree" },
    url ? h("a", { href: url, target: "_blank", rel: "noopener", class: "doc" }, icon("doc"), w.read) : null,
    h("label", { for: "agree", class: "tick" }, box, h("span", null, w.agreed)),
    h("div", { class: "row" }, agree, ...rest.map((b) => h("button", { type: "button", class: "chip", onclick: () => pick(b.id, b.label) }, b.label))),
  );
}

/** purpose asks for one more use of the data: its text behind a link, and two answers of equal weight. */
export function purpose(w: Words, buttons: Button[], url: string, pick: Choose): HTMLElement {
  return h(
    "div",
    { class: "card agree" },
    url ? h("a", { href: url, target: "_blank", rel: "noopener", class: "doc" }, icon("doc"), w.read) : null,
    h("div", { class: "row even" }, ...buttons.map((b) => h("button", { type: "button", class: "chip", onclick: () => pick(b.id, b.label) }, b.label))),
  );
}

/** own is the way to the page of the visitor's own data. */
export function own(w: Words, url: string): HTMLElement {
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer", class: "doc" }, icon("doc"), w.mine);
}

/** Card is an appointment in the log; its state follows what reception does. */
export class Card {
  readonly el: HTMLElement;
  private status = h("span", { class: "st" });
  private when = h("b");
  private clock = h("span", { class: "clock" });
  private keep = h("a", { class: "keep", target: "_blank", rel: "noopener noreferrer", hidden: true });

  constructor(private w: Words, public data: Appointment) {
    const line = (shape: "person" | "place" | "day", ...kids: (Node | string)[]) => h("div", { class: "line" }, icon(shape), h("span", null, ...kids));
    this.el = h(
      "div",
      { class: "card appt", part: "appointment" },
      h("div", { class: "head" }, h("span", { class: "num" }, `${w.number} ${data.number}`), this.status),
      data.service ? h("div", { class: "what" }, clean(data.service)) : null,
      line("day", this.when, this.clock),
      data.specialist ? line("person", clean(data.specialist)) : null,
      data.branch ? line("place", clean(data.branch)) : null,
      this.keep,
    );
    this.update(data);
  }

  update(change: Partial<Appointment>): void {
    const moved = change.start && change.start !== this.data.start && !change.end;
    this.data = { ...this.data, ...change };
    if (moved) this.data.end = undefined;
    const { start, end, status } = this.data;
    this.status.textContent = this.w.statuses[status] || status;
    this.el.dataset.status = status;
    this.portable();
    if (!start) return;
    const t = wall(start);
    this.when.textContent = capital(`${this.w.weekdays[t.weekday]}, ${t.day} ${this.w.months[t.month]}`);
    this.clock.textContent = `${t.clock}${end ? "–" + wall(end).clock : ""}`;
  }

  /** portable offers to put the visit into the visitor's calendar, and to take it out when it is off. */
  private portable(): void {
    const label = this.w.calendar[this.data.status];
    this.keep.hidden = !label || !this.data.calendar;
    if (this.keep.hidden) return;
    set(this.keep, "href", this.data.calendar!);
    this.keep.replaceChildren(icon("day"), label!);
  }
}
