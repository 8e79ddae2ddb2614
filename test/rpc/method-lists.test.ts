/** The methods that explorers and wallets call, by their own lists: served, or refused with the reason. */
import { describe, expect, it } from "vitest";
import { METHOD_LISTS, NOT_SERVED } from "./method-lists.ts";
import { openWorld } from "./world.ts";

describe.each(Object.entries(METHOD_LISTS))("%s", (name, methods) => {
  it("finds what it calls, but what is known to be missing", async () => {
    const { http } = await openWorld();
    const batch = methods.map((method, id) => ({ jsonrpc: "2.0", id, method, params: [] }));
    const answers = (await (await fetch(http, { method: "POST", body: JSON.stringify(batch) })).json()) as Answer[];
    const missing = methods.filter((_, id) => answers.find((answer) => answer.id === id)?.error?.code === -32601);
    expect(missing).toEqual(methods.filter((method) => NOT_SERVED[name]?.test(method)));
    // Without its parameters a method is served all the same, and says what it lacks.
    for (const { error } of answers) expect(error?.message ?? "").not.toMatch(/not supported|is not served|went wrong/);
  });
});

interface Answer {
  readonly id: number;
  readonly error?: { readonly code: number; readonly message: string };
}
