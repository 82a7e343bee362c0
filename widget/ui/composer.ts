// Where the visitor writes: a growing field, or a one-line one with the right
// keyboard and autofill when a name, a phone or an address is asked for.

import { h, set } from "./dom";
import type { Parts } from "./panel";
import type { Words } from "./text";

const most = 2000; // characters in one message, the server's limit
const warnAt = 200; // characters left from which the count is shown

/** How each answer is typed: autocomplete token, keyboard, capitals. */
const answers: Record<string, { fill: string; mode: string; caps: string; hint: (w: Words) => string }> = {
  name: { fill: "name", mode: "text", caps: "words", hint: (w) => w.sayName },
  phone: { fill: "tel", mode: "tel", caps: "off", hint: (w) => w.sayPhone },
  email: { fill: "email", mode: "email", caps: "off", hint: (w) => w.sayEmail },
};

export class Composer {
  private asked = "";
  private free = true; // the many-line field

  constructor(
    private p: Parts,
    private w: Words,
    private said: (text: string) => void,
    private typing: () => void,
  ) {
    p.form.onsubmit = (e) => {
      e.preventDefault();
      this.submit();
    };
    for (const el of [p.area, p.line]) {
      el.addEventListener("input", () => {
        if (!el.value.trim()) el.value = ""; // a keyboard may add a line after what Enter has sent
        this.measure();
        this.typing();
      });
    }
    p.area.onkeydown = (e) => {
      if (e.key !== "Enter" || e.shiftKey || e.isComposing) return;
      e.preventDefault();
      this.submit();
    };
    p.swap.onclick = () => this.show(!this.free, true);
    this.expect("");
  }

  get field(): HTMLTextAreaElement | HTMLInputElement {
    return this.free ? this.p.area : this.p.line;
  }

  focus(): void {
    this.field.focus({ preventScroll: true });
  }

  /** put lays a text back for correction. */
  put(text: string): void {
    this.show(true, true);
    this.p.area.value = text;
    this.measure();
  }

  /** expect fits the field to what was asked. */
  expect(asked: string): void {
    if (asked === this.asked && this.p.area.placeholder) return;
    this.asked = asked;
    const how = answers[asked];
    const { line, swap } = this.p;
    swap.hidden = !how;
    if (how) {
      line.type = how.mode === "tel" ? "tel" : "text";
      line.name = how.fill;
      line.placeholder = how.hint(this.w);
      set(line, "autocomplete", how.fill);
      set(line, "inputmode", how.mode);
      set(line, "autocapitalize", how.caps);
    }
    this.p.area.placeholder = this.w.say;
    this.show(!how, false);
  }

  /** show changes the field, with its text and the focus, so that a phone's keyboard stays up. */
  private show(free: boolean, focus: boolean): void {
    const { area, line, swap } = this.p;
    const had = focus || (this.p.form.getRootNode() as ShadowRoot).activeElement === this.field;
    const text = this.field.value;
    this.free = free;
    area.hidden = !free;
    line.hidden = free;
    this.field.value = text;
    swap.replaceChildren(free ? "123" : "Абв", h("span", { class: "hid" }, ` ${free ? this.w.digits : this.w.letters}`));
    swap.hidden = this.asked !== "phone";
    if (had) this.focus();
    this.measure();
  }

  private measure(): void {
    const { area, count, send } = this.p;
    const left = most - [...this.field.value.trim()].length;
    send.disabled = left === most;
    count.textContent = left < 0 ? this.w.tooLong(-left) : left <= warnAt ? this.w.left(left) : "";
    set(count, "class", left < 0 ? "count bad" : "count");
    set(this.field, "aria-describedby", count.textContent ? "count" : null);
    set(this.field, "aria-invalid", left < 0 ? "true" : null);
    area.style.height = "auto";
    if (this.free && area.scrollHeight) area.style.height = `${Math.min(area.scrollHeight, 132)}px`;
  }

  private submit(): void {
    const text = this.field.value.trim();
    if (!text || [...text].length > most) return this.focus();
    this.field.value = "";
    this.measure();
    this.said(text);
    this.focus();
  }
}
