import { isDeepStrictEqual } from "node:util";
import { formatUnits } from "ethers";
import type { Answer, Client } from "./client.ts";
import type { Model, Write } from "./model.ts";

/** What was found of the writes that were never answered. */
export interface Aftermath {
  /** Committed, but the answer did not come through. */
  readonly landed: number;
  /** Left nothing. */
  readonly lost: number;
  /** Kept answers that came again under their Idempotency-Key. */
  readonly replayed: number;
}

/** Compares a restarted sandbox with the model; throws an error that lists everything that differs. */
export async function check(client: Client, model: Model): Promise<Aftermath> {
  const problems: string[] = [];
  await client.control("chain/mine");
  const before = model.open.size;
  const inFlight = [...model.open.values()];
  const users = await client.all("/v1/users");
  const transactions = await client.all("/v1/tokens/transactions");
  settleWhatIsThere(model, users, transactions, problems);
  const lost = [...model.open.keys()].length;
  const replayed = await repeatKeyed(client, model, inFlight, problems);
  model.open.clear();

  await everyAnswerHolds(client, model, problems);
  await nothingElse(client, model, problems);
  await balances(client, model, problems);
  await blocks(client, model, problems);
  const { healthy, findings } = await client.get("/_sandbox/doctor");
  if (!healthy) problems.push(`doctor: ${JSON.stringify(findings.filter((each: { problems: unknown[] }) => each.problems.length > 0))}`);
  if (problems.length > 0) throw new Error(`${problems.length} differences after a restart:\n  ${problems.slice(0, 20).join("\n  ")}`);
  return { landed: before - lost, lost, replayed };
}

type Json = Answer["data"];

/** A transaction's marker: its reason or memo; of a wallet's own, its hash. */
function markerOf(tx: Json): string {
  return tx.reason ?? tx.memo ?? tx.chain.tx_hash;
}

/** Every marker that the records hold, with the record. A marker found twice is a second effect. */
function markersIn(users: readonly Json[], transactions: readonly Json[], problems: string[]): Map<string, Json> {
  const found = new Map<string, Json>();
  const note = (marker: string, record: Json) => {
    if (found.has(marker)) problems.push(`${marker} took effect twice: ${found.get(marker).id} and ${record.id}`);
    found.set(marker, record);
  };
  for (const user of users) {
    note(user.external_id, user);
    for (const marker of Object.keys(user.metadata)) note(marker, user);
  }
  for (const tx of transactions) note(markerOf(tx), tx);
  return found;
}

function settleWhatIsThere(model: Model, users: readonly Json[], transactions: readonly Json[], problems: string[]): void {
  const found = markersIn(users, transactions, problems);
  for (const [marker, write] of model.open) {
    const record = found.get(marker);
    if (!record) continue;
    model.settle(write, null);
    if (write.leaves === "user") model.meet({ id: record.id, address: record.wallet.address, managed: record.wallet.custody === "managed" });
  }
}

/** A client that got no answer sends again under the same key; one that got an answer gets the same again. */
async function repeatKeyed(client: Client, model: Model, inFlight: readonly Write[], problems: string[]): Promise<number> {
  let replayed = 0;
  for (const write of inFlight) {
    if (!write.call?.key) continue;
    const hadLanded = model.settled.has(write.marker);
    const answer = await client.send(write.call);
    if (!answer) throw new Error(`${write.marker}: no answer to a repeated request`);
    if (hadLanded !== (answer.replayed && answer.status < 300)) {
      problems.push(`${write.marker}: ${hadLanded ? "had" : "had not"} taken effect, repeated: ${answer.status} ${answer.text}`);
    }
    if (hadLanded || answer.status < 300) model.settle(write, answer);
    else model.refused.set(write.marker, { write, answer });
    replayed += Number(answer.replayed);
  }
  for (const { write, answer: first } of [...model.settled.values(), ...model.refused.values()]) {
    if (!write.call?.key || !first || first.status === 400 || first.status >= 500) continue;
    const again = await client.send(write.call);
    replayed += 1;
    if (again?.replayed && again.status === first.status && again.text === first.text) continue;
    problems.push(`${write.marker}: first ${first.status} ${first.text}, again ${again?.status} ${again?.text}`);
  }
  return replayed;
}

/** Users and transactions are found by id, as they were answered. */
async function everyAnswerHolds(client: Client, model: Model, problems: string[]): Promise<void> {
  for (const { write, answer } of model.settled.values()) {
    if (!answer || write.leaves === "metadata") continue;
    if (!write.call) {
      const receipt = await client.ask<{ status: string } | null>("eth_getTransactionReceipt", answer.data);
      if (receipt?.status !== "0x1") problems.push(`${write.marker}: the wallet's transaction is not on chain: ${JSON.stringify(receipt)}`);
      continue;
    }
    const { id } = answer.data;
    const now = await client.get(write.leaves === "user" ? `/v1/users/${id}` : `/v1/tokens/transactions/${id}`);
    const [was, is] = write.leaves === "user" ? [lasting(answer.data), lasting(now)] : [confirmed(answer.data, now), now];
    if (!isDeepStrictEqual(was, is)) problems.push(`${id} was answered as ${JSON.stringify(was)}, is ${JSON.stringify(is)}`);
  }
}

/** A user without what patches change. */
function lasting({ metadata: _, updated_at: __, ...user }: Json): Json {
  return user;
}

/** What an answered transaction looks like once a block took it; its hash is the one that was answered. */
function confirmed(answered: Json, { chain, confirmed_at }: Json): Json {
  if (answered.status === "confirmed") return answered;
  return { ...answered, status: "confirmed", confirmed_at, chain: { ...chain, tx_hash: answered.chain.tx_hash } };
}

/** All that is settled is there once, and nothing beside it: no refused write, nothing unknown. */
async function nothingElse(client: Client, model: Model, problems: string[]): Promise<void> {
  const found = markersIn(await client.all("/v1/users"), await client.all("/v1/tokens/transactions"), problems);
  for (const marker of model.settled.keys()) if (!found.has(marker)) problems.push(`${marker} was answered, and is gone`);
  for (const marker of found.keys()) {
    if (model.settled.has(marker)) continue;
    problems.push(`${marker} is there, ${model.refused.has(marker) ? "though it was refused" : "and nobody sent it"}`);
  }
}

async function balances(client: Client, model: Model, problems: string[]): Promise<void> {
  for (const [user, expected] of model.balances()) {
    const { balance } = await client.get(`/v1/users/${user}/balance`);
    const should = formatUnits(expected, 18).replace(/\.0$/, "");
    if (balance !== should) problems.push(`${user} holds ${balance} GETS, not ${should}`);
  }
}

/** Blocks seen before the restart have their hashes still. */
async function blocks(client: Client, model: Model, problems: string[]): Promise<void> {
  const hashOf = async (block: string) => await client.ask<{ number: string; hash: string } | null>("eth_getBlockByNumber", block, false);
  for (const [number, hash] of model.blocks) {
    const now = (await hashOf(`0x${number.toString(16)}`))?.hash;
    if (now !== hash) problems.push(`block ${number} was ${hash}, is ${now}`);
  }
  const head = await hashOf("latest");
  if (head) model.blocks.set(Number(head.number), head.hash);
}
