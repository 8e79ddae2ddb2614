import { runInThisContext } from "node:vm";

/** Node's own process, also where a test runner runs this code in a context with globals and modules of its own (Jest, Vitest's vm pools). */
const node: NodeJS.Process = runInThisContext("process");

/**
 * Node's own `require`: that of a runner takes what a package has for browsers where a test's page is jsdom's (Jest), or cannot load all
 * that Node can (Vitest before 5).
 */
export const nodeRequire = node.getBuiltinModule("node:module").createRequire(import.meta.url);

/** Whether this code runs in such a context, where an error of Node is no instance of `Error`. */
export const HAS_OTHER_GLOBALS = runInThisContext("Error") !== Error;
