import { createRequire } from "node:module";

/** YAML, loaded when a text is there to be read: most starts read none, and it takes longer to load than all our services. */
export function yaml(): typeof import("yaml") {
  return createRequire(import.meta.url)("yaml");
}
