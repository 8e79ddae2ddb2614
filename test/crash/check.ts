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
  const inFlight = [...model.open.values()];
  settleWhatIsThere(model, await Records.of(client, problems));
  const lost = model.open.size;
  const replayed = (await repeatUnanswered(client, model, inFlight, problems)) + (await repeatAnswered(client, model, problems));
  model.open.clear();

  await client.control("chain/mine");
  const records = await Records.of(client, problems);
  nothingElse(model, records, problems);
  await everyAnswerHolds(client, model, records, problems);
  await balances(client, model, problems);
  await blocks(client, model, problems);
  const { healthy, findings } = await client.get("/_sandbox/doctor");
  if (!healthy) problems.push(`doctor: ${JSON.stringify(findings.filter((each: { problems: unknown[] }) => each.problems.length > 0))}`);
  if (problems.length > 0) throw new Error(`${problems.length} differences after a restart:\n  ${problems.slice(0, 20).join("\n  ")}`);
  for (const marker of [...model.settled.keys(), ...model.refused.keys()]) model.verified.add(marker);
  return { landed: inFlight.length - lost, lost, replayed };
}

type Json = Answer["data"];

/** All that a sandbox holds, by id and by marker. A marker found twice is a second effect. */
class Records {
  readonly byId = new Map<string, Json>();
  readonly byMarker = new Map<string, Json>();

  static async of(client: Client, problems: string[]): Promise<Records> {
    const records = new Records();
    const note = (marker: string, record: Json) => {
      if (records.byMarker.has(marker)) problems.push(`${marker} took effect twice: ${records.byMarker.get(marker).id} and ${record.id}`);
      records.byId.set(record.id, record);
      records.byMarker.set(marker, record);
    };
    for (const user of await client.all("/v1/users")) {
      for (const marker of [user.external_id, ...Object.keys(user.metadata)]) note(marker, user);
    }
    for (const tx of await client.all("/v1/tokens/transactions")) note(tx.reason ?? tx.memo ?? tx.chain.tx_hash, tx);
    return records;
  }
}

function settleWhatIsThere(model: Model, { byMarker }: Records): void {
  for (const [marker, write] of model.open) {
    const record = byMarker.get(marker);
    if (!record) continue;
    model.settle(write, null);
    if (write.leaves === "user")
      model.meet({ id: record.id, address: record.wallet.address, managed: record.wallet.custody === "managed" });
  }
}

/** A client that got no answer sends again under its key: what had taken effect is only told again. Returns how many were. */
async function repeatUnanswered(client: Client, model: Model, inFlight: readonly Write[], problems: string[]): Promise<number> {
  let replayed = 0;
  for (const write of inFlight) {
    if (!write.call?.key) continue;
    const hadLanded = model.settled.has(write.marker);
    const answer = await client.send(write.call);
    if (!answer) throw new Error(`${write.marker}: no answer to a repeated request`);
    if (hadLanded !== (answer.replayed && answer.status < 300)) {
      problems.push(`${write.marker}: ${hadLanded ? "had" : "had not"} taken effect; repeated, ${answer.status} ${answer.text}`);
    }
    model.answered(write, answer);
    replayed += Number(answer.replayed);
  }
  return replayed;
}

/** What was answered under a key is answered again word for word. Returns how many were asked. */
async function repeatAnswered(client: Client, model: Model, problems: string[]): Promise<number> {
  let replayed = 0;
  for (const { write, answer: first } of [...model.settled.values(), ...model.refused.values()]) {
    if (!write.call?.key || !first || model.verified.has(write.marker) || first.status === 400 || first.status >= 500) continue;
    const again = await client.send(write.call);
    replayed += 1;
    if (again?.replayed && again.status === first.status && again.text === first.text) continue;
    problems.push(`${write.marker}: first ${first.status} ${first.text}, again ${again?.status} ${again?.text}`);
  }
  return replayed;
}

/** Users and transactions are as they were answered; those not yet asked for by id are. */
async function everyAnswerHolds(client: Client, model: Model, { byId }: Records, problems: string[]): Promise<void> {
  for (const { write, answer } of model.settled.values()) {
    const isNew = !model.verified.has(write.marker);
    if (!answer || write.leaves === "metadata") continue;
    if (!write.call) {
      const receipt = await client.ask<{ status: string } | null>("eth_getTransactionReceipt", answer.data);
      if (receipt?.status !== "0x1") problems.push(`the wallet's transaction ${write.marker} is not on chain: ${JSON.stringify(receipt)}`);
      continue;
    }
    const { id } = answer.data;
    const isUser = write.leaves === "user";
    const path = isUser ? `/v1/users/${id}` : `/v1/tokens/transactions/${id}`;
    const now = isNew ? (await client.send({ method: "GET", path }))?.data : byId.get(id);
    // What is gone was told already.
    if (!now) continue;
    const [was, is] = isUser ? [lasting(answer.data), lasting(now)] : [confirmed(answer.data, now), now];
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

/** All that is settled is there, and nothing beside it: no refused write, nothing unknown. */
function nothingElse(model: Model, { byMarker }: Records, problems: string[]): void {
  for (const [marker, { answer }] of model.settled) {
    if (!byMarker.has(marker))
      problems.push(`${marker} is gone, ${answer ? `though it was answered: ${answer.text}` : "though it was seen"}`);
  }
  for (const marker of byMarker.keys()) {
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
