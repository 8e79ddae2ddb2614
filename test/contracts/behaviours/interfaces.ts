/** ERC-165: the declared interfaces, and only what is declared. */
import { expect, it } from "vitest";
import type { World } from "../world.ts";

export function shouldSupportInterfaces(world: World, contract: "token" | "badge", ids: Record<string, string>): void {
  it.each(Object.entries(ids))("supports %s (%s)", async (_name, id) => {
    expect(await world[contract].read("supportsInterface", id)).toBe(true);
  });

  it("does not support 0xffffffff, as ERC-165 demands", async () => {
    expect(await world[contract].read("supportsInterface", "0xffffffff")).toBe(false);
  });
}
