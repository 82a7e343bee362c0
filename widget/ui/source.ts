// Where the visitor came from, for the desk's statistics: campaign marks and the
// referring host, never an address with a query.

const marks = ["utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"];

export function source(label: string | null): Record<string, string> {
  const found: Record<string, string> = {};
  const query = new URLSearchParams(location.search);
  for (const name of marks) {
    const value = query.get(name);
    if (value) found[name] = value.slice(0, 200);
  }
  const host = /^https?:\/\/([^/]+)/.exec(document.referrer)?.[1];
  if (host && host !== location.host) found.referrer = host;
  if (label) found.label = label;
  return found;
}
