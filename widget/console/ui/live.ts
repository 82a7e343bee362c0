import { announce } from "./chime";

interface Counts {
  waiting?: number;
  requests?: number;
  alarms?: number;
}

const title = document.title;
let known: number | null = null;
let rung: number | null = null;

// follow turns the events of the stream (see live.go) into what one notices: the
// number in the title and the menu, a sound, a line that says the stream is away.
export function follow(): void {
  const on = (name: string, act: (event: Event) => void): void => document.body.addEventListener(name, act);
  on("inbox", (event) => {
    const counts = parse((event as CustomEvent<{ data?: string }>).detail?.data);
    count(counts);
    ring(counts.alarms);
  });
  on("dialog", shown);
  on("typing", writes);
  on("bye", () => location.reload());
  on("htmx:sse:error", (event) => away(event as CustomEvent<{ status?: number }>));
  on("htmx:sse:after:connection", () => offline(false));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && missed) shown();
  });
}

function parse(data: string | undefined): Counts {
  try {
    return JSON.parse(data ?? "{}") as Counts;
  } catch {
    return {};
  }
}

function count(counts: Counts): void {
  if (counts.waiting === undefined || counts.requests === undefined) return;
  const now = counts.waiting + counts.requests;
  if (known !== null && now > known) announce();
  known = now;
  document.title = now ? `(${now}) ${title}` : title;
  for (const badge of document.querySelectorAll<HTMLElement>("[data-count]")) {
    badge.textContent = String(now);
    badge.hidden = !now;
  }
}

// ring shows how many alarms nobody has seen; one more is heard.
function ring(alarms: number | undefined): void {
  if (alarms === undefined) return;
  if (rung !== null && alarms > rung) announce();
  rung = alarms;
  for (const badge of document.querySelectorAll<HTMLElement>("[data-alarms]")) {
    badge.textContent = String(alarms);
    badge.hidden = !alarms;
  }
}

let missed = false;

// shown asks for the dialog only when somebody can see it: what is asked for
// counts as read.
function shown(): void {
  missed = document.hidden;
  if (missed) return;
  still();
  document.body.dispatchEvent(new CustomEvent("dialog-shown"));
}

let fading = 0;

function writes(): void {
  const line = document.querySelector("[data-writes]");
  if (!line) return;
  line.textContent = "Посетитель пишет…";
  clearTimeout(fading);
  fading = window.setTimeout(still, 5000);
}

function still(): void {
  clearTimeout(fading);
  const line = document.querySelector("[data-writes]");
  if (line) line.textContent = "";
}

function away(event: CustomEvent<{ status?: number }>): void {
  if (event.detail?.status === 401) location.reload();
  offline(true);
}

function offline(yes: boolean): void {
  const line = document.querySelector<HTMLElement>("[data-offline]");
  if (line) line.hidden = !yes;
}
