// The little of htmx that the console's own modules use.
declare module "*/htmx.esm.js" {
  interface Internal {
    initSecurity(policy: unknown, sync: unknown, async: unknown): void;
  }
  interface Htmx {
    registerExtension(name: string, extension: { init?(api: Internal): void }): void;
    trigger(target: Element, name: string, detail?: object): void;
  }
  const htmx: Htmx;
  export default htmx;
}
declare module "*/hx-sse.js";
