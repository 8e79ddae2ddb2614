/** Every state-changing function is either open to everyone or guarded by exactly one role. */
import type { FunctionFragment } from "ethers";
import { beforeEach, describe, expect, it } from "vitest";
import { type Role, roles } from "../values.ts";
import type { World } from "../world.ts";

interface Guarded {
  readonly method: string;
  readonly role: Role;
  args(): unknown[];
  prepare?(): Promise<unknown>;
}

interface Case {
  readonly contract: "token" | "badge";
  /** What the constructor gives the admin, and what it keeps back. */
  readonly granted: readonly Role[];
  readonly notGranted: readonly Role[];
  readonly guarded: readonly Guarded[];
  readonly open: readonly string[];
  /** Brings the chain to a state in which every guarded call succeeds. */
  prepare(): Promise<unknown>;
}

export function shouldGuardByRoles(world: World, all: Case): void {
  const { contract, granted, notGranted, guarded, open, prepare } = all;
  const known = [...granted, ...notGranted];
  const subject = () => world[contract];
  const managed: Guarded[] = ["grantRole", "revokeRole"].map((method) => ({
    method,
    role: "DEFAULT_ADMIN_ROLE",
    args: () => [roles.DEFAULT_ADMIN_ROLE, world.alice.address],
  }));
  const table = [...guarded, ...managed];

  it("names every state-changing function of the ABI", () => {
    const changing = subject()
      .interface.fragments.filter((one) => one.type === "function" && !(one as FunctionFragment).constant)
      .map((one) => (one as FunctionFragment).name);
    expect([...new Set(changing)].sort()).toEqual([...table.map((row) => row.method), ...open, "renounceRole"].sort());
  });

  it.each(known)("publishes %s under the usual id", async (role) => {
    expect(await subject().read(role)).toBe(roles[role]);
    expect(await subject().read("getRoleAdmin", roles[role])).toBe(roles.DEFAULT_ADMIN_ROLE);
  });

  it("gives the admin its roles at deployment", async () => {
    for (const role of known) {
      expect(await subject().read("hasRole", roles[role], world.admin.address), role).toBe(granted.includes(role));
    }
  });

  it("announces a granted and a withdrawn role", async () => {
    const { admin, alice } = world;
    for (const [method, event] of [
      ["grantRole", "RoleGranted"],
      ["revokeRole", "RoleRevoked"],
    ] as const) {
      const { events } = await subject().send(admin, method, roles.DEFAULT_ADMIN_ROLE, alice.address);
      expect(events).toEqual([[event, roles.DEFAULT_ADMIN_ROLE, alice.address, admin.address]]);
    }
  });

  it("lets an account renounce its own role only", async () => {
    const { admin, alice } = world;
    const role = roles.DEFAULT_ADMIN_ROLE;
    await subject().sendReverts(["AccessControlBadConfirmation"], alice, "renounceRole", role, admin.address);
    const { events } = await subject().send(admin, "renounceRole", role, admin.address);
    expect(events).toEqual([["RoleRevoked", role, admin.address, admin.address]]);
  });

  describe.each(table)("$method", (row) => {
    beforeEach(async () => {
      await prepare();
      await row.prepare?.();
    });

    it.each([...known, "no role"] as const)(`called with %s (needs ${row.role})`, async (role) => {
      const { admin, holder } = world;
      if (role !== "no role") await subject().send(admin, "grantRole", roles[role], holder.address);
      if (role === row.role) return void (await subject().send(holder, row.method, ...row.args()));
      const error = ["AccessControlUnauthorizedAccount", holder.address, roles[row.role]] as const;
      await subject().sendReverts(error, holder, row.method, ...row.args());
    });
  });
}
