// The element <okoshko-chat>: what happens between the visitor, the window and
// the line. It draws nothing itself (panel.ts, view.ts) and keeps nothing but
// what keep.ts says.

import { Composer } from "./composer";
import { moment } from "./clock";
import { Cover } from "./cover";
import { h, set } from "./dom";
import { Keep } from "./keep";
import { panel, type Parts } from "./panel";
import { lang, words, type Lang, type Words } from "./text";
import { source } from "./source";
import { Thread } from "./thread";
import { tint } from "./tint";
import { appointments, choices, clean, consent, own, purpose, times, type Appointment, type Message } from "./view";
import { Wire, type Frame, type State } from "./wire";
import css from "./widget.css";

const narrow = "(max-width: 479.9px), (max-height: 479.9px)";

export class Chat extends HTMLElement {
  private p!: Parts;
  private w!: Words;
  private tongue!: Lang;
  private keep!: Keep;
  private wire!: Wire;
  private composer!: Composer;
  private thread!: Thread;
  private server!: URL;

  private shown = false; // the window is open
  private history = 0; // seq up to which turns are history, not news
  private unread = 0;
  private owner: Frame = { type: "owner", owner: "assistant" };
  private consentURL = "";
  private line: State = "connecting";
  private connected = false; // the line was ever asked for
  private typingTimer = 0;
  private lineTimer = 0;
  private typedAt = 0;
  private lead = ""; // what would come with the newest card: number and second of a message, and where the card was scrolled to
  private cover = new Cover(this);
  private off?: AbortController;

  connectedCallback(): void {
    if (!this.shadowRoot) this.build();
    this.off ??= this.listen();
  }

  /** A move within the page (Turbo, Astro, a portal) is not an end. */
  disconnectedCallback(): void {
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.off?.abort();
      this.off = undefined;
      this.wire.close();
      this.connected = false;
      this.cover.lift();
      this.p.hold.stop();
    });
  }

  private build(): void {
    this.server = new URL(this.getAttribute("server") || "/", location.href);
    this.keep = new Keep(`okoshko:${this.server.host}${this.server.pathname}`);
    this.wire = new Wire(this.address("chat/v1").href.replace(/^http/, "ws"), {
      hello: () => this.hello(),
      frame: (f) => this.take(f),
      state: (s) => this.state(s),
      expired: () => this.expired(),
    });
    this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    this.shadowRoot!.adoptedStyleSheets = [sheet];
    this.dress();
  }

  /** dress draws everything in the language in force; the turns come again. */
  private dress(): void {
    const kept = this.keep.all;
    this.tongue = lang(kept.lang, this.getAttribute("lang"), document.documentElement.lang, navigator.language);
    this.w = words[this.tongue];
    const label = this.getAttribute("label") ?? this.w.launch;
    this.p = panel(this.w, this.tongue, kept.name || "", label, this.address("privacy").href);
    this.p.dialog.hidden = !this.shown;
    this.thread = new Thread(this.p.log, this.w);
    this.composer = new Composer(this.p, this.w, (text) => this.say(text), () => this.typing());
    this.p.intro.append(choices(this.w.starters.map((label) => ({ id: "", label })), (_, label) => this.say(label)));
    this.shadowRoot!.replaceChildren(this.p.root);
    this.blank();
    this.wireUp();
    this.paint();
    this.badge(0);
    this.header();
  }

  private address(path: string): URL {
    return new URL(path, this.server);
  }

  private wireUp(): void {
    const p = this.p;
    p.launcher.onclick = () => (this.shown ? this.hide() : this.show(true));
    p.shut.onclick = () => this.hide();
    p.more.onclick = () => this.menu(!!p.menu.hidden);
    p.forget.onclick = () => {
      p.sure.hidden = false;
      p.yes.focus();
    };
    p.no.onclick = () => this.menu(false);
    p.yes.onclick = () => this.forget();
    for (const b of p.langs) b.onclick = () => this.speak(b.dataset.lang as Lang);
    p.newer.onclick = () => this.bottom(true);
    p.scroll.onscroll = () => this.atEnd() && (p.newer.hidden = true);
    // A window that the owner opened connects at the visitor's first touch only.
    for (const kind of ["pointerdown", "keydown"]) p.dialog.addEventListener(kind, () => this.connect());
  }

  private listen(): AbortController {
    const off = new AbortController();
    const on = (target: EventTarget, kind: string, f: (e: any) => void) => target.addEventListener(kind, f, { signal: off.signal });
    on(this.shadowRoot!, "keydown", (e: KeyboardEvent) => this.keys(e));
    on(matchMedia("(prefers-color-scheme: dark)"), "change", () => this.paint());
    on(matchMedia(narrow), "change", () => this.shown && this.fit());
    if (window.visualViewport) for (const kind of ["resize", "scroll"]) on(visualViewport!, kind, () => this.fit());
    for (const kind of ["online", "offline"]) on(window, kind, () => this.state(this.line));
    on(document, "visibilitychange", () => this.seen());
    this.start();
    return off;
  }

  /** start continues a conversation of an earlier page, or opens when the owner asks. */
  private start(): void {
    const kept = this.keep.all;
    const wide = !matchMedia(narrow).matches;
    if (kept.talked) this.connect();
    if (kept.open && kept.talked && wide) this.show(false);
    else if (this.hasAttribute("open") && this.getAttribute("open") !== "false" && kept.open !== false) this.show(false);
  }

  // ── the window ──

  /** show opens the window. Opened by the visitor it takes the focus and connects. */
  show(byVisitor: boolean): void {
    this.shown = true;
    set(this.p.root, "class", "root open");
    this.p.dialog.hidden = false;
    set(this.p.launcher, "aria-expanded", "true");
    if (byVisitor) {
      this.connect();
      this.keep.put({ open: true });
      this.composer.focus();
      this.tell("open");
    }
    this.fit();
    this.bottom(false);
    this.seen();
  }

  hide(): void {
    this.shown = false;
    this.menu(false);
    set(this.p.root, "class", "root");
    this.p.dialog.hidden = true;
    set(this.p.launcher, "aria-expanded", "false");
    this.cover.lift();
    if (this.connected) this.keep.put({ open: false });
    this.p.launcher.focus();
    this.tell("close");
  }

  private keys(e: KeyboardEvent): void {
    if (e.key === "Escape" && this.shown) {
      e.stopPropagation();
      if (!this.p.menu.hidden) {
        this.menu(false);
        this.p.more.focus();
      } else this.hide();
    }
  }

  private menu(open: boolean): void {
    this.p.menu.hidden = !open;
    this.p.sure.hidden = true;
    set(this.p.more, "aria-expanded", String(open));
    if (open) this.p.langs[0]!.focus();
  }

  /**
   * fit gives the window of a phone the part of the screen above the keyboard and
   * makes the page behind it inert; a desktop's window leaves the page alone.
   */
  private fit(): void {
    if (!this.shown) return;
    const full = matchMedia(narrow).matches;
    const v = window.visualViewport;
    const style = this.p.dialog.style;
    style.setProperty("--h", full && v ? `${v.height}px` : "");
    style.setProperty("--y", full && v ? `${v.offsetTop}px` : "");
    set(this.p.dialog, "aria-modal", full ? "true" : null);
    if (full) this.cover.lay();
    else this.cover.lift();
    if (this.atEnd(160)) this.bottom(false);
  }

  private paint(): void {
    const theme = this.getAttribute("theme");
    const dark = theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
    const style = this.p.root.style;
    for (const [name, value] of Object.entries(tint(this.getAttribute("color") || this.keep.all.color, dark))) style.setProperty(`--${name}`, value);
    this.p.root.dataset.theme = dark ? "dark" : "light";
    this.p.root.dataset.side = /left/.test(this.getAttribute("position") || "") ? "left" : "right";
  }

  // ── the line ──

  private connect(): void {
    if (this.connected) return;
    this.connected = true;
    this.header();
    this.wire.open();
  }

  private hello(): Frame {
    return { type: "hello", token: this.keep.all.token, after: this.thread.last, lang: this.tongue, page: location.origin + location.pathname, source: source(this.getAttribute("source")) };
  }

  private state(s: State): void {
    this.line = s;
    const w = this.w;
    const phone = this.keep.all.phone;
    const call = phone ? ` ${w.call(phone)}` : "";
    const lost = navigator.onLine ? w.lost : w.noNet;
    const text = { connecting: "", open: "", lost, down: w.down + call, elsewhere: w.elsewhere, refused: w.refused + call }[s];
    // A blink of the line is not worth a word.
    clearTimeout(this.lineTimer);
    const show = () => this.note(text, s === "elsewhere" ? w.here : "");
    if (s === "lost") this.lineTimer = setTimeout(show, 1200);
    else show();
    if (s === "open") this.header();
    else this.still();
  }

  /** note is the line of state above the composer, with a button where there is one. */
  private note(text: string, button = ""): void {
    this.p.state.replaceChildren(text);
    if (!button) return;
    this.p.state.append(" ", h("button", { type: "button", onclick: () => (this.p.scroll.focus(), this.wire.again()) }, button));
  }

  private header(): void {
    const { w, owner } = this;
    const o = owner.owner;
    let text = o === "operator" ? w.operator(clean(owner.author || "")) : o === "waiting" ? (owner.until ? w.waitingAt(moment(w, owner.until)) : w.waiting) : w.ready;
    if (this.connected && this.line === "connecting") text = w.connecting;
    else if (this.connected && this.line !== "open") text = w.off;
    this.p.sub.textContent = text;
    this.p.sub.dataset.state = this.line === "open" || !this.connected ? o : "off";
  }

  private expired(): void {
    this.keep.put({ token: undefined, seen: 0 });
    this.blank();
    this.note(this.w.expired);
  }

  private take(f: Frame): void {
    switch (f.type) {
      case "welcome":
        return this.welcome(f);
      case "ack":
        return this.acked(f);
      case "message":
        return this.message(f as unknown as Message);
      case "typing":
        return this.dots(f.from);
      case "owner":
        return this.owned(f);
      case "appointment":
        return this.changed(f);
      case "error":
        return this.failed(f);
    }
  }

  private welcome(f: Frame): void {
    const { name, color, phone } = f.clinic || {};
    this.keep.put({ token: f.token, name, color, phone });
    this.consentURL = f.consent?.url ? this.address(f.consent.url).href : "";
    if (name) this.p.title.textContent = name;
    this.history = f.seq || 0;
    this.p.hold.keep(f.hold);
    this.paint();
    if (this.thread.last >= this.history) this.thread.live();
  }

  // ── what is said ──

  private say(text: string): void {
    this.connect();
    this.send({ type: "say", text: clean(text) }, text);
  }

  private send(f: Frame, text: string): void {
    f.id = crypto.getRandomValues(new Uint32Array(4)).reduce((s, n) => s + n.toString(36), "");
    this.thread.send(f, text);
    // The pressed button goes away: the focus must not fall out of the window,
    // nor raise a phone's keyboard.
    const pressed = this.shadowRoot!.activeElement?.closest(".acts, .intro");
    this.p.acts.replaceChildren();
    this.p.intro.hidden = true;
    if (pressed) this.p.scroll.focus({ preventScroll: true });
    this.composer.expect("");
    this.bottom(false);
    this.keep.put({ talked: true });
    this.wire.deliver(f);
  }

  private acked(f: Frame): void {
    if (this.thread.sent(f) && this.owner.owner === "assistant" && !this.p.acts.childElementCount) this.dots("assistant", 20e3);
  }

  private failed(f: Frame): void {
    const text = clean(f.message || this.w.failed);
    const ours = this.thread.refuse(f, text, (mine, said) => (mine.type === "edit" ? this.composer.put(said) : this.send(mine, said)));
    if (!ours) this.note(text, f.code === "too_many_connections" ? this.w.retry : "");
  }

  private message(m: Message): void {
    const a = m.appointment;
    const booked = a && m.seq > this.history && !this.thread.has(a.number) && /requested|confirmed/.test(a.status);
    const end = this.atEnd();
    for (const one of appointments(m)) if (one.calendar) one.calendar = this.address(one.calendar).href;
    const el = this.thread.add(m);
    if (!el) return;
    this.p.intro.hidden = true;
    this.still();
    if (m.from === "visitor") this.p.acts.replaceChildren();
    else this.offer(m);
    if (m.from === "assistant") this.p.hold.keep(m.hold);
    if (m.from !== "visitor" && m.seq > (this.keep.all.seen || 0) && !this.visible()) this.badge(this.unread + 1);
    const beside = (seq: number) => seq + m.at.slice(0, 19) + Math.round(this.p.scroll.scrollTop);
    const together = this.lead === beside(m.seq); // a question that came with the card above it is not left below the fold
    this.follow(el, end || together || m.seq <= this.history, together || !!(m.slots?.length || a));
    this.lead = a && m.from === "assistant" ? beside(m.seq + 1) : "";
    this.seen();
    if (m.seq >= this.history) this.thread.live();
    if (booked) this.tell("booked", { number: a.number, status: a.status });
  }

  /** offer shows the ready answers of the newest turn, and only of that. */
  private offer(m: Message): void {
    const { p, w } = this;
    const pick = (id: string, label: string) => this.send({ type: "pick", button: id }, label);
    const acts: Node[] = [];
    const buttons = m.buttons || [];
    if (m.slots?.length) acts.push(times(w, m.slots, pick));
    if (m.me) acts.push(own(w, this.address(`${m.me.url}&lang=${this.tongue}`).href));
    if (m.expects === "consent" && buttons.length) acts.push(consent(w, buttons, m.consent ? this.address(m.consent.url).href : this.consentURL, pick));
    else if (m.expects === "purpose" && m.consent) acts.push(purpose(w, buttons, this.address(m.consent.url).href, pick));
    else if (buttons.length) acts.push(choices(buttons, pick));
    p.acts.replaceChildren(...acts);
    if (m.expects === "confirm") p.acts.querySelector(".chip")?.classList.add("main");
    this.composer.expect(m.expects || "");
  }

  /** changed: reception did something; the words about it come as a message. */
  private changed(f: Frame): void {
    this.thread.change(f as unknown as Appointment);
    if (f.seq >= this.history) this.thread.live(); // a change without words may be the newest turn
    this.tell("changed", { number: f.number, status: f.status });
  }

  private owned(f: Frame): void {
    const was = this.owner;
    this.owner = f;
    this.still();
    const line = f.owner === "operator" ? this.w.operator(clean(f.author || "")) : was.owner === "operator" && f.owner === "assistant" ? this.w.botBack : "";
    if (!line || (was.owner === f.owner && was.author === f.author)) return;
    this.thread.line(line);
    this.bottom(false);
  }

  private dots(from: string, ms = 6e3): void {
    const { p, w } = this;
    const who = from === "operator" ? clean(this.owner.author || w.staff) : w.bot;
    p.dots.hidden = false;
    if (this.line === "open") p.sub.textContent = `${w.typing(who)}…`;
    if (this.atEnd(120)) this.bottom(false);
    clearTimeout(this.typingTimer);
    this.typingTimer = setTimeout(() => this.still(), ms);
  }

  /** still: nobody is typing. */
  private still(): void {
    clearTimeout(this.typingTimer);
    this.p.dots.hidden = true;
    this.header();
  }

  private typing(): void {
    if (Date.now() - this.typedAt < 2000) return;
    this.typedAt = Date.now();
    this.wire.hint({ type: "typing" });
  }

  // ── what was read ──

  private visible(): boolean {
    return this.shown && !document.hidden;
  }

  private seen(): void {
    if (!this.visible() || !this.thread.last) return;
    this.badge(0);
    if (this.thread.last <= (this.keep.all.seen || 0)) return;
    this.keep.put({ seen: this.thread.last });
    this.wire.hint({ type: "seen", seq: this.thread.last });
  }

  private badge(n: number): void {
    const { call, badge } = this.p;
    this.unread = n;
    badge.hidden = !n;
    badge.textContent = n > 9 ? "9+" : String(n);
    call.textContent = ` ${this.w.openChat(n)}`;
  }

  private atEnd(slack = 40): boolean {
    const s = this.p.scroll;
    return s.scrollHeight - s.scrollTop - s.clientHeight < slack;
  }

  /** follow shows a new turn: its end, or its beginning where that has to be read first. */
  private follow(el: HTMLElement, end: boolean, begin: boolean): void {
    const s = this.p.scroll;
    if (!end) {
      this.p.newer.hidden = false;
      return;
    }
    this.bottom(false);
    const top = el.offsetTop - 12;
    if (begin && s.scrollTop > top) s.scrollTop = top;
  }

  private bottom(smooth: boolean): void {
    const s = this.p.scroll;
    this.p.newer.hidden = true;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    s.scrollTo({ top: s.scrollHeight, behavior: smooth && !calm ? "smooth" : "auto" });
  }

  // ── anew ──

  private blank(): void {
    this.history = 0;
    this.thread.clear();
    this.owner = { type: "owner", owner: "assistant" };
    this.p.acts.replaceChildren();
    this.p.intro.hidden = false;
    this.p.dots.hidden = true;
    this.p.hold.keep();
    this.composer.expect("");
  }

  private speak(l: Lang): void {
    this.keep.put({ lang: l });
    this.dress();
    this.show(false);
    this.composer.focus();
    if (this.connected) this.wire.again();
  }

  private forget(): void {
    this.wire.close();
    this.keep.forget();
    this.connected = false;
    this.line = "connecting";
    this.hide();
    this.dress();
    this.p.launcher.focus();
  }

  /** tell informs the page; never with the visitor's words. */
  private tell(what: string, detail: Record<string, string> = {}): void {
    this.dispatchEvent(new CustomEvent(`okoshko:${what}`, { detail, bubbles: true, composed: true }));
  }
}
