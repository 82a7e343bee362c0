// The log: turns in the server's order, the visitor's unsent ones after them,
// lines between days, one live card per appointment.

import { daysFromNow, separator, wall } from "./clock";
import { h, set } from "./dom";
import type { Words } from "./text";
import { appointments, bubble, Card, type Appointment, type Message } from "./view";
import type { Frame } from "./wire";

/** A bubble of the visitor that the server has not acknowledged. */
interface Own {
  el: HTMLElement;
  frame: Frame;
}

export class Thread {
  last = 0; // seq of the newest turn
  private drawn = new Set<number>();
  private own = new Map<string, Own>();
  private cards = new Map<string, Card>();
  private day = "";
  private minute = "";

  constructor(
    private el: HTMLElement,
    private w: Words,
  ) {}

  clear(): void {
    this.last = 0;
    this.day = this.minute = "";
    this.drawn.clear();
    this.own.clear();
    this.cards.clear();
    this.el.replaceChildren();
  }

  /** live: from here on new turns are read aloud; history before it was not. */
  live(): void {
    set(this.el, "role", "log");
    set(this.el, "aria-live", null);
  }

  /** add draws a turn; nothing where it is there already. */
  add(m: Message): HTMLElement | null {
    if (this.drawn.has(m.seq)) return null;
    this.count(m.seq);
    this.separate(m.at);
    const el = bubble(this.w, m);
    if (!m.text) el.querySelector(".bub")!.remove();
    this.gather(el, m);
    for (const a of appointments(m)) {
      this.cards.get(a.number)?.el.remove(); // the newest turn has the live card
      const card = new Card(this.w, a);
      this.cards.set(a.number, card);
      el.insertBefore(card.el, el.querySelector(".meta"));
    }
    this.place(el);
    return el;
  }

  /** line is a remark between turns. */
  line(text: string): void {
    this.place(h("div", { class: "sep" }, text));
    this.minute = "";
  }

  has(number: string): boolean {
    return this.cards.has(number);
  }

  change(a: Appointment): void {
    this.cards.get(a.number)?.update({ status: a.status, start: a.start });
  }

  /** send draws what the visitor said before the server has it. */
  send(f: Frame, text: string): void {
    const el = bubble(this.w, { from: "visitor", text });
    el.classList.add("wait");
    meta(el).textContent = this.w.pending;
    this.own.set(f.id, { el, frame: f });
    this.place(el);
  }

  /** sent: the server has it. */
  sent(f: Frame): boolean {
    const mine = this.own.get(f.id);
    if (!mine) return false;
    this.own.delete(f.id);
    if (this.drawn.has(f.seq)) mine.el.remove(); // came as history meanwhile
    this.count(f.seq);
    mine.el.classList.remove("wait");
    meta(mine.el).textContent = f.at ? wall(f.at).clock : "";
    if (f.at) this.separate(f.at, mine.el);
    this.minute = "";
    return true;
  }

  /** refuse marks what the server did not take, with a way out; false where it is not ours. */
  refuse(f: Frame, text: string, way: (mine: Frame, text: string) => void): boolean {
    const mine = this.own.get(f.id);
    if (!mine) return false;
    this.own.delete(f.id);
    mine.el.classList.replace("wait", "bad");
    const typed = mine.frame.type === "say" && f.code !== "internal";
    const again = h("button", { type: "button" }, typed ? this.w.edit : this.w.retry);
    again.onclick = () => {
      mine.el.remove();
      way({ type: typed ? "edit" : mine.frame.type, ...(typed ? {} : mine.frame) }, mine.el.querySelector(".txt")!.textContent!);
    };
    set(meta(mine.el), "role", "alert");
    meta(mine.el).replaceChildren(text, " ", again);
    return true;
  }

  private count(seq: number): void {
    this.drawn.add(seq);
    this.last = Math.max(this.last, seq);
  }

  /** place puts a turn after all others, before those of the visitor that wait. */
  private place(el: HTMLElement): void {
    this.el.insertBefore(el, el.classList.contains("wait") ? null : this.el.querySelector(".wait"));
  }

  private separate(at: string, before?: HTMLElement): void {
    const date = wall(at).date;
    const first = !this.day;
    if (date === this.day) return;
    this.day = date;
    if (first && daysFromNow(at) === 0) return;
    const sep = h("div", { class: "sep" }, separator(this.w, at));
    if (before) this.el.insertBefore(sep, before);
    else this.place(sep);
  }

  /** gather hides the time of a bubble that another of the same speaker and minute follows. */
  private gather(el: HTMLElement, m: Message): void {
    const key = m.from + (m.author || "") + m.at.slice(0, 16);
    const before = this.el.lastElementChild;
    if (key === this.minute && before) {
      before.classList.add("joined");
      el.classList.add("next");
    }
    this.minute = key;
  }
}

const meta = (el: Element) => el.querySelector(".meta")!;
