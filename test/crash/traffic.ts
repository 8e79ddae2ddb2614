import type { Random } from "../support/random.ts";
import type { Client } from "./client.ts";
import type { Model, Write } from "./model.ts";
import { OwnWallet, type Writes } from "./writes.ts";

const CLIENTS = 6;

/** Sends one write and lets the model know what came back. False when nothing did. */
export async function perform(client: Client, model: Model, write: Write & { call: NonNullable<Write["call"]> }): Promise<boolean> {
  model.sent(write);
  const answer = await client.send(write.call);
  if (answer) model.answered(write, answer);
  return answer !== null;
}

/** Several API clients and a wallet write at once until the process no longer answers. */
export async function writeUntilDead(client: Client, model: Model, writes: Writes, random: Random): Promise<void> {
  await Promise.all([...Array.from({ length: CLIENTS }, () => apiClient(client, model, writes)), walletClient(client, model, random)]);
}

async function apiClient(client: Client, model: Model, writes: Writes): Promise<void> {
  for (;;) {
    const write = writes.next(model);
    if (!write.call || !(await perform(client, model, { ...write, call: write.call }))) return;
  }
}

async function walletClient(client: Client, model: Model, random: Random): Promise<void> {
  const owner = [...model.people.values()].find((person) => !person.managed);
  const wallet = owner && (await OwnWallet.of(client).catch(() => null));
  if (!wallet) return;
  for (;;) {
    const to = random.pick([...model.people.values()].filter((person) => person !== owner));
    const { raw, write } = await wallet.transfer(owner, to, "0.01");
    model.sent(write);
    const answer = await client.rpc("eth_sendRawTransaction", [raw]);
    if (!answer) return;
    const status = answer.error ? 400 : 200;
    model.answered(write, { status, replayed: false, text: JSON.stringify(answer), data: answer.result });
    if (answer.error) return;
  }
}

/** The people a new folder begins with: three with managed wallets, one with a wallet of their own, all with GETS. */
export async function populate(client: Client, model: Model, writes: Writes): Promise<void> {
  const { address } = await OwnWallet.of(client);
  for (const wallet of [undefined, undefined, undefined, address]) await must(client, model, writes.user(wallet));
  for (const person of model.people.values()) await must(client, model, writes.mint(person, "1000"));
}

async function must(client: Client, model: Model, write: Write): Promise<void> {
  if (write.call) await perform(client, model, { ...write, call: write.call });
  if (!model.settled.has(write.marker)) throw new Error(`refused: ${model.refused.get(write.marker)?.answer.text ?? "no answer"}`);
}
