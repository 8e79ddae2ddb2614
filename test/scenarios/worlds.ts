import { describe, it } from "vitest";
import { createSandbox } from "../../emulator/sandbox.ts";
import type { Sandbox, SandboxOptions } from "../../emulator/sandbox-api.ts";
import { type Api, api } from "../support/client.ts";

export interface Cast {
  readonly sandbox: Sandbox;
  readonly api: Api;
}

/** Tells a story twice, each time in a new sandbox: within this process, and over a real port. Afterwards every invariant must hold. */
export function inBothWorlds(title: string, story: (cast: Cast) => Promise<void>, options: SandboxOptions = {}): void {
  describe(title, () => {
    it("in this process", () => tell((sandbox) => Promise.resolve(sandbox.app)));
    it("over a port", () => tell((sandbox) => sandbox.listen()));
  });

  async function tell(door: (sandbox: Sandbox) => Promise<Sandbox["app"] | string>): Promise<void> {
    const sandbox = await createSandbox(options);
    try {
      await story({ sandbox, api: api(await door(sandbox), sandbox.apiKey) });
      await sandbox.doctor();
    } finally {
      await sandbox.close();
    }
  }
}

/** A user with this name. */
export async function enrol(api: Api, display_name: string, members: Record<string, unknown> = {}) {
  const email = `${display_name.toLowerCase().replaceAll(/\W+/g, ".")}@school.example`;
  return (await api.post("/users", { email, display_name, ...members }).expect(201)).body.data as {
    id: string;
    wallet: { address: string };
  };
}

export async function balanceOf(api: Api, user: { id: string }): Promise<string> {
  return (await api.get(`/users/${user.id}/balance`).expect(200)).body.data.balance;
}

/** The types of the newest events, oldest first. */
export async function lastEvents(api: Api, count: number): Promise<string[]> {
  const { body } = await api.get(`/events?limit=${count}`).expect(200);
  return body.data.items.map(({ type }: { type: string }) => type).reverse();
}
