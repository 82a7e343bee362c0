const every = 3000; // ms between two notes that somebody writes

// reply sends with Ctrl+Enter, keeps a draft over a reload, empties the field once
// the answer is sent, and lets the visitor see that somebody writes.
export function reply(): void {
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !(field instanceof HTMLTextAreaElement)) return;
    const form = field.closest<HTMLFormElement>("[data-reply]");
    if (form) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLTextAreaElement)) return;
    const form = field.closest<HTMLFormElement>("[data-reply]");
    if (form) typing(form);
  });
  document.body.addEventListener("htmx:after:request", (event) => {
    const ctx = (event as CustomEvent<{ ctx?: { sourceElement?: Element; response?: { status?: number } } }>).detail?.ctx;
    const form = ctx?.sourceElement;
    if (!(form instanceof HTMLFormElement) || !form.matches("[data-reply]") || ctx?.response?.status !== 200) return;
    const field = form.querySelector("textarea");
    if (field) field.value = "";
  });
}

let told = 0;

function typing(form: HTMLFormElement): void {
  const now = Date.now();
  const path = form.dataset.typing;
  if (!path || now - told < every) return;
  told = now;
  void fetch(path, { method: "POST" }).catch(() => undefined);
}
