import type { default as Htmx } from "./vendor/htmx.esm.js";

interface Policies {
  createPolicy(name: string, rules: { createHTML(s: string): string }): { createHTML(s: string): unknown };
}

// trust lets htmx, and nothing else, put the server's fragments into the page
// (Trusted Types policy "htmx"), without their scripts, and takes from it every
// way to run a string as code: hx-on, js: values and trigger filters throw.
export function trust(htmx: typeof Htmx): void {
  const policies = (window as unknown as { trustedTypes?: Policies }).trustedTypes;
  const pass = { createHTML: (s: string): string => s };
  const policy = policies ? policies.createPolicy("htmx", pass) : pass;
  const never = function (): never {
    throw new Error("code in attributes is not allowed");
  };
  htmx.registerExtension("trusted", {
    init: (api) => api.initSecurity({ createHTML: (s: string) => policy.createHTML(s), createScript: () => "" }, never, never),
  });
}
