// How long the chosen time is kept: a line above the composer that counts down.
// The server says how many seconds are left when it writes a message; from there
// the page counts by its monotonic clock, which nobody can set.

import { wall } from "./clock";
import { h } from "./dom";
import type { Words } from "./text";

/** Kept is the protocol's hold: a slot kept for the visitor. */
export interface Kept {
  start: string;
  left: number; // seconds, when the frame was written
}

const soon = 60; // seconds; said once to those who listen

/** Hold is the line. Its ticking is silent: a screen reader hears when a minute is left and when it is over. */
export class Hold {
  readonly el: HTMLElement;
  private text = h("span");
  private left = h("b", { class: "left" });
  private told = h("span", { class: "hid", role: "status" });
  private end = 0; // of performance.now()
  private timer = 0;
  private warned = false;

  constructor(private w: Words) {
    this.el = h("div", { class: "hold", hidden: true }, h("span", { role: "timer", "aria-live": "off" }, this.text, " ", this.left), this.told);
  }

  /** keep follows what the newest message says; nothing kept, nothing shown. */
  keep(kept?: Kept): void {
    clearTimeout(this.timer);
    this.told.textContent = "";
    this.el.hidden = !kept;
    this.el.dataset.state = "";
    if (!kept) return;
    this.end = performance.now() + kept.left * 1000;
    this.warned = kept.left <= soon;
    this.text.textContent = this.w.kept(wall(kept.start).clock);
    this.tick();
  }

  /** stop lets go of the timer. */
  stop(): void {
    clearTimeout(this.timer);
  }

  private tick(): void {
    const ms = this.end - performance.now();
    const seconds = Math.ceil(ms / 1000);
    if (seconds <= 0) return this.over();
    this.left.textContent = clock(seconds);
    if (seconds <= soon && !this.warned) {
      this.warned = true;
      this.told.textContent = this.w.keptSoon;
    }
    this.el.dataset.state = seconds <= soon ? "soon" : "";
    this.timer = setTimeout(() => this.tick(), ms - (seconds - 1) * 1000 + 5);
  }

  private over(): void {
    this.el.dataset.state = "over";
    this.text.textContent = this.w.keptOver;
    this.left.textContent = "";
    this.told.textContent = this.w.keptOver;
  }
}

/** clock is 9:05, or 1:09:05 where it is an hour or more. */
function clock(seconds: number): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const m = Math.floor(seconds / 60);
  const rest = `${two(seconds % 60)}`;
  return m < 60 ? `${m}:${rest}` : `${Math.floor(m / 60)}:${two(m % 60)}:${rest}`;
}
