// The socket: says hello, comes back after a break, and keeps what the visitor
// sent until the server has acknowledged it.

/** Frame is a message of the protocol in either direction. */
export interface Frame {
  type: string;
  [field: string]: any;
}

/** State is how the line is. After "elsewhere" and "refused" it comes back only when asked. */
export type State = "connecting" | "open" | "lost" | "down" | "elsewhere" | "refused";

/** Hooks is what the chat does with what comes. */
export interface Hooks {
  hello(): Frame; // the first frame of a new socket
  frame(f: Frame): void;
  state(s: State): void;
  expired(): void; // the token is gone: the next hello must not have it
}

const protocol = "okoshko.chat.v1";
const ackWait = 10e3; // ms until an unanswered frame means a dead line
const longest = 30e3; // ms between two tries
const hopeless = 4; // tries without any welcome until the chat counts as down

export class Wire {
  private socket?: WebSocket;
  private queue: Frame[] = []; // not acknowledged; the first may be on its way
  private busy = false; // the first of the queue is on its way
  private welcomed = false; // this socket
  private tries = 0;
  private timer = 0;
  private watch = 0;
  private hiddenAt = 0;
  private on = false;

  constructor(private url: string, private hooks: Hooks) {}

  /** open connects, and stays so until close. */
  open(): void {
    if (!this.on) {
      this.on = true;
      addEventListener("online", this.nudge);
      document.addEventListener("visibilitychange", this.nudge);
    }
    if (!this.socket) this.connect();
  }

  /** close hangs up and forgets what was not acknowledged. */
  close(): void {
    this.on = false;
    this.queue = [];
    removeEventListener("online", this.nudge);
    document.removeEventListener("visibilitychange", this.nudge);
    this.drop(1000);
  }

  /** again hangs up and connects anew, as after a change of the language. */
  again(): void {
    this.drop(1000);
    this.tries = 0;
    this.open();
  }

  /** deliver sends a frame with an id until it is acknowledged, in order, one at a time. */
  deliver(f: Frame): void {
    this.queue.push(f);
    this.next();
  }

  /** hint sends a frame that may be lost. */
  hint(f: Frame): void {
    if (this.welcomed) this.socket!.send(JSON.stringify(f));
  }

  private connect(): void {
    clearTimeout(this.timer);
    this.timer = 0;
    this.hooks.state(this.tries ? (this.tries < hopeless ? "lost" : "down") : "connecting");
    const socket = new WebSocket(this.url, protocol);
    this.socket = socket;
    socket.onopen = () => socket.send(JSON.stringify(this.hooks.hello()));
    socket.onmessage = (e) => this.socket === socket && this.take(e.data);
    socket.onclose = (e) => this.socket === socket && this.closed(e.code);
  }

  private take(data: string): void {
    let f: Frame;
    try {
      f = JSON.parse(data);
    } catch {
      return; // a newer server's frame, or a proxy's page
    }
    if (f.type === "error" && f.code === "expired") {
      this.hooks.expired();
      this.socket!.send(JSON.stringify(this.hooks.hello()));
      return;
    }
    if (f.type === "welcome") {
      this.welcomed = true;
      this.tries = 0;
      this.hooks.state("open");
    }
    const mine = f.id && this.queue[0]?.id === f.id;
    if (mine && f.type === "ack") this.settle();
    if (mine && f.type === "error") {
      if (f.retry_after && this.later(f.retry_after)) return;
      this.settle();
    }
    this.hooks.frame(f);
    if (f.type === "welcome" || mine) this.next();
  }

  private settle(): void {
    clearTimeout(this.watch);
    this.queue.shift();
    this.busy = false;
  }

  /** later sends the first frame again when the server allows it. */
  private later(seconds: number): boolean {
    clearTimeout(this.watch);
    this.watch = setTimeout(() => {
      this.busy = false;
      this.next();
    }, Math.min(seconds, 60) * 1000);
    return true;
  }

  private next(): void {
    const first = this.queue[0];
    if (!first || this.busy || !this.welcomed) return;
    this.busy = true;
    this.socket!.send(JSON.stringify(first));
    this.watch = setTimeout(() => this.closed(0), ackWait);
  }

  private drop(code?: number): void {
    const socket = this.socket;
    this.socket = undefined;
    this.welcomed = this.busy = false;
    clearTimeout(this.timer);
    clearTimeout(this.watch);
    this.timer = 0;
    socket?.close(code);
  }

  private closed(code: number): void {
    this.drop();
    if (!this.on) return;
    if (code === 4000) return this.hooks.state("elsewhere");
    if (code === 1008) return this.hooks.state("refused");
    // A restart lets all visitors come back within 1–5 s; a break backs off.
    const wait = code === 1001 ? 1e3 + Math.random() * 4e3 : 400 + Math.random() * Math.min(longest, 1e3 * 2 ** this.tries);
    this.tries++;
    this.hooks.state(this.tries < hopeless ? "lost" : "down");
    this.timer = setTimeout(() => this.connect(), wait);
  }

  /** nudge does not wait for the timer when there is reason to hope, and mistrusts a line that slept. */
  private nudge = () => {
    if (document.hidden) {
      this.hiddenAt = Date.now();
      return;
    }
    const slept = this.welcomed && this.hiddenAt > 0 && Date.now() - this.hiddenAt > 6e4;
    const waits = this.timer > 0;
    this.hiddenAt = 0;
    if (slept) this.drop(1000);
    if (slept || waits) this.connect();
  };
}
