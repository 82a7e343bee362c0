// The desk's own page: the clinic's colour, the button that opens the chat, the
// button that copies the embedding line. Everything works without it but these.

import { tint } from "./tint";

const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");

function paint(): void {
  for (const [name, value] of Object.entries(tint(root.dataset.color, dark.matches))) root.style.setProperty(`--${name}`, value);
}

function ready(): void {
  for (const button of document.querySelectorAll<HTMLElement>("[data-chat]")) {
    button.hidden = false;
    button.onclick = () => document.querySelector<HTMLElement & { show?(byVisitor: boolean): void }>("okoshko-chat")?.show?.(true);
  }
  for (const button of document.querySelectorAll<HTMLElement>("[data-copy]")) {
    const code = document.getElementById(button.dataset.copy!);
    if (!navigator.clipboard || !code) continue; // only where the page is safe (https, localhost)
    button.hidden = false;
    button.onclick = async () => {
      await navigator.clipboard.writeText(code.textContent!);
      button.textContent = button.dataset.done!;
    };
  }
}

paint();
dark.addEventListener("change", paint);
addEventListener("DOMContentLoaded", ready);
