// A phone's chat covers the screen: the page behind it must not scroll or take
// the focus. What was inert before stays so.

import { set } from "./dom";

export class Cover {
  private behind: Element[] = [];

  constructor(private host: Element) {}

  lay(): void {
    if (this.behind.length) return;
    this.behind = [...document.body.children].filter((el) => !el.contains(this.host) && !el.hasAttribute("inert"));
    for (const el of this.behind) set(el, "inert", true);
    document.documentElement.style.overflow = "hidden";
  }

  lift(): void {
    if (!this.behind.length) return;
    for (const el of this.behind) set(el, "inert", false);
    this.behind = [];
    document.documentElement.style.overflow = "";
  }
}
