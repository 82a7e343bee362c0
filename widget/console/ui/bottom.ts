// bottom keeps a dialog at its newest turn, unless one has scrolled up to read.
export function bottom(): void {
  const list = document.querySelector<HTMLElement>("[data-bottom]");
  if (!list) return;
  let follow = true;
  const down = (): void => {
    if (follow) list.scrollTop = list.scrollHeight;
  };
  list.addEventListener("scroll", () => {
    follow = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  });
  new MutationObserver(down).observe(list, { childList: true, subtree: true });
  down();
}
