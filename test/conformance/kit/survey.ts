import type { ApiDocument } from "./document.ts";
import type { Exchange } from "./exchange.ts";
import { SetupFailed, Untestable } from "./outcomes.ts";
import type { MadeUser } from "./people.ts";
import type { Probe } from "./probe.ts";
import type { Session } from "./session.ts";

/**
 * A round through the API for the checks that judge traffic: successes of every kind of read (and write, unless the run is readonly), and
 * every kind of refusal. Made once a run, when the first of those checks asks. The answers are judged, whatever they are: nothing here asserts.
 */
export function survey(session: Session, probe: () => Probe): Promise<void> {
  const running = rounds.get(session) ?? round(probe());
  rounds.set(session, running);
  return running;
}

const rounds = new WeakMap<Session, Promise<void>>();

async function round(t: Probe): Promise<void> {
  await reads(t);
  if (t.mode !== "readonly") await writes(t);
}

async function reads(t: Probe): Promise<void> {
  const lists = t.operations(({ method, path }) => method === "GET" && !path.includes("{"));
  for (const { id } of lists) await t.call(id);
  const { id } = t.offers("getUser") ? await t.subject().catch(unlessSetup) : NOBODY;
  if (id !== "") {
    const users = t.operations(
      ({ method, path }) => method === "GET" && path.startsWith("/users/{user_id}") && !path.includes("achievement_id"),
    );
    for (const operation of users) await t.call(operation.id, { params: { user_id: id } });
    await t.call("getUser", { params: { user_id: `usr_0${t.random.base32(25)}` } });
    await t.call("getUser", { params: { user_id: id }, key: null });
    await t.call("getUser", { params: { user_id: id }, key: t.strangerKey() });
  }
  if (t.offers("listUsers")) await t.call("listUsers", { query: { limit: "0" } });
  await t.send({ method: "GET", path: `/${t.random.word()}` });
  await t.send({ method: "PUT", path: "/users", json: {} });
}

async function writes(t: Probe): Promise<void> {
  if (!t.offers("createUser")) return;
  const person = t.person();
  const created = await t.call("createUser", { json: person });
  const id = t.made(created);
  await t.call("createUser", { json: { ...person, email: undefined } });
  await t.call("createUser", { raw: '{"email":', headers: { "Content-Type": "application/json" } });
  await t.call("createUser", { raw: "email=nobody", headers: { "Content-Type": "text/plain" } });
  if (id === null) return;
  await t.call("createUser", { json: person });
  const params = { user_id: id };
  await t.call("updateUser", { params, json: { display_name: t.random.name() } });
  if (t.offers("mintTokens")) {
    const minted = await t.call("mintTokens", { json: { user_id: id, amount: t.random.amount(2, 9) } });
    await t.call("mintTokens", { json: { user_id: id, amount: "0" } });
    await t.call("mintTokens", { json: { user_id: `usr_0${t.random.base32(25)}`, amount: "1" } });
    if (typeof minted.data.id === "string") await t.call("getTokenTransaction", { params: { transaction_id: minted.data.id } });
  }
  if (t.offers("transferTokens")) {
    const { id: other } = await t.user().catch(unlessSetup);
    if (other === "") return;
    await t.call("transferTokens", { json: { from_user_id: id, to_user_id: other, amount: "1" } });
    await t.call("transferTokens", { json: { from_user_id: id, to_user_id: other, amount: "1000000" } });
    await t.call("getUserBalance", { params: { user_id: other } });
  }
}

const NOBODY: MadeUser = { id: "" };

/** That no user can be made is judged elsewhere; the answers so far are here all the same. */
function unlessSetup(error: Error): MadeUser {
  if (error instanceof SetupFailed || error instanceof Untestable) return NOBODY;
  throw error;
}

/** Answers that the document declares as an envelope of this kind, by their status. */
export function enveloped(traffic: readonly Exchange[], kind: "success" | "error", document: ApiDocument): readonly Exchange[] {
  return traffic.filter(({ sent, status, documented, operationId, headers }) => {
    if (sent.method === "HEAD" || status === 204 || status === 304) return false;
    if (kind === "error") return status >= 400;
    if (status < 200 || status >= 300 || operationId === null) return false;
    // An undocumented success is judged as the documented one: that its status is wrong is another matter.
    const successes = [...document.operation(operationId).responses.values()].filter((each) => each.status < 300);
    const declared = documented ?? successes[0];
    if (declared?.envelope !== "success") return false;
    const type = headers["content-type"]?.split(";")[0] ?? "";
    // An operation with several representations is judged by its JSON one.
    return declared.content.size === 1 || type === "application/json" || !declared.content.has(type);
  });
}
