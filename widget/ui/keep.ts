// What this browser keeps between pages: the token and how the chat stood, never
// a message. Nothing is written before the visitor opens the chat.

export interface Kept {
  token?: string;
  seen?: number; // the last seq the visitor had before the eyes
  talked?: boolean; // said something: worth connecting on the next page
  open?: boolean;
  lang?: string;
  name?: string; // of the clinic
  phone?: string;
  color?: string;
}

/** Keep is one record in localStorage; where the browser refuses that, in memory. */
export class Keep {
  private now: Kept = {};

  constructor(private key: string) {
    try {
      this.now = JSON.parse(localStorage.getItem(key) || "{}") || {};
    } catch {
      // private mode or a damaged record: begin empty
    }
  }

  get all(): Readonly<Kept> {
    return this.now;
  }

  put(change: Kept): void {
    this.now = { ...this.now, ...change };
    try {
      localStorage.setItem(this.key, JSON.stringify(this.now));
    } catch {
      // memory has it
    }
  }

  forget(): void {
    this.now = {};
    try {
      localStorage.removeItem(this.key);
    } catch {
      // there was nothing
    }
  }
}
