// Shows events as they come. It builds what receiver.html builds, of text only.
"use strict";

const list = document.getElementById("cards");
const link = document.getElementById("link");
const kept = Number(list.dataset.kept);

function element(name, text, className) {
  const e = document.createElement(name);
  if (text) e.textContent = text;
  if (className) e.className = className;
  return e;
}

function card(c) {
  const li = element("li", "", "card fresh");
  const head = element("div", "", "head");
  head.append(element("h2", c.title), element("time", c.at));
  const rows = element("dl");
  for (const r of c.rows ?? []) {
    const row = element("div");
    row.append(element("dt", r.label), element("dd", r.value));
    rows.append(row);
  }
  const details = element("details");
  details.append(element("summary", "Как пришло"), element("pre", c.body));
  li.append(head, element("p", c.type, "type"), rows, details);
  return li;
}

function say(text, lost) {
  if (link.textContent !== text) link.textContent = text;
  link.classList.toggle("lost", lost);
}

let last = Number(list.dataset.after);
const source = new EventSource("events?after=" + last);
source.addEventListener("open", () => say("На связи: события появляются сами.", false));
source.addEventListener("error", () => say("Связь прервалась, восстанавливаем.", true));
source.addEventListener("card", (e) => {
  const c = JSON.parse(e.data);
  if (c.seq <= last) return;
  last = c.seq;
  list.prepend(card(c));
  while (list.children.length > kept) list.lastElementChild.remove();
  document.getElementById("empty").hidden = true;
});
source.addEventListener("counts", (e) => {
  for (const [name, n] of Object.entries(JSON.parse(e.data))) {
    const place = document.getElementById(name);
    if (place) place.textContent = n;
  }
});
