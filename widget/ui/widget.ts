// The one script a website embeds:
//
//   <script src="https://desk.example/widget.js" async></script>
//
// Attributes: data-lang (ru, tt, en), data-color (#rrggbb), data-position (right,
// left), data-label (words on the button; empty: the icon alone), data-open (the
// window is open from the start), data-theme (light, dark; else as the device
// has it), data-source (a label kept with the conversation).
//
// The host page needs `script-src` and `connect-src` of the desk's address in its
// Content-Security-Policy and nothing else. Events on the element, with no
// visitor's words: okoshko:open, okoshko:close, okoshko:booked and
// okoshko:changed {number, status}.

import { Chat } from "./chat";
import { set } from "./dom";

const tag = "okoshko-chat";

function begin(script: HTMLScriptElement | null): void {
  if (customElements.get(tag)) return; // embedded twice
  customElements.define(tag, Chat);
  if (!script || document.querySelector(tag)) return;
  const chat = document.createElement(tag);
  set(chat, "server", new URL(".", script.src).href);
  for (const name of ["lang", "color", "position", "label", "open", "theme", "source"]) set(chat, name, script.dataset[name]);
  const place = () => chat.isConnected || document.body.append(chat);
  if (document.body) place();
  else addEventListener("DOMContentLoaded", place);
  // Pages that swap their body (Turbo, Astro) take the chat along.
  for (const event of ["turbo:load", "astro:page-load"]) document.addEventListener(event, place);
}

begin((document.currentScript as HTMLScriptElement | null) || document.querySelector<HTMLScriptElement>('script[src*="/widget.js"]'));
