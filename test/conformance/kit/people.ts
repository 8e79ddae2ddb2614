import { unitsOf } from "./amounts.ts";
import type { Json } from "./document.ts";
import type { Exchange } from "./exchange.ts";
import { markOf, nameOf } from "./made.ts";
import { SetupFailed, Untestable } from "./outcomes.ts";
import type { BaseProbe, Probe } from "./probe.ts";
import type { Session } from "./session.ts";

export interface MadeUser extends Json {
  readonly id: string;
}

/** Users and balances, as most checks need them. What goes wrong here is a setup failure: making users is judged by USER-01. */
export interface People {
  /** Members of a new user: random, marked with the run. */
  person(members?: Json): Json;
  /** A user of the run's own, deleted at the end. */
  user(members?: Json): Promise<MadeUser>;
  /** A user with this much. */
  funded(amount: string): Promise<MadeUser>;
  /** Registers what a check has created itself. Returns the id; null when the answer has none. */
  made(exchange: Exchange): string | null;
  /** A user for reads: a known one in readonly mode, one of the run's own otherwise. The same for all checks. */
  subject(): Promise<MadeUser>;
  /** What a user can spend, on a connection of its own. */
  balance(userId: string): Promise<string>;
  /** The balance once it is as expected, or what it is at the end of the consistency time. */
  balanceOnce(userId: string, expected: string): Promise<string>;
  /** The user as a read on another connection shows it; null when there is none. */
  read(userId: string): Promise<Json | null>;
  /** Users with this e-mail address, by the list. */
  withEmail(email: string): Promise<readonly Json[]>;
}

/** Memory of a run: the shared subject, and a counter for addresses. */
const memories = new WeakMap<Session, { subject?: Promise<MadeUser>; count: number }>();

/** `common`: a probe for what is made once for all checks. */
export function people(t: BaseProbe, session: Session, common: () => Probe): People {
  const memory = memories.get(session) ?? { count: 0 };
  memories.set(session, memory);

  const self: People = {
    person(members = {}) {
      memory.count += 1;
      return {
        email: `${nameOf(t.runId, memory.count)}@example.com`,
        display_name: t.random.name(),
        metadata: { conformance_run: t.runId },
        ...members,
      };
    },
    async user(members) {
      const exchange = await t.call("createUser", { json: self.person(members) });
      const id = self.made(exchange);
      if (exchange.status >= 300 || id === null) throw new SetupFailed("a user is needed first, and could not be created", exchange);
      return exchange.data as MadeUser;
    },
    made(exchange) {
      const { id } = exchange.data;
      if (exchange.status >= 300 || typeof id !== "string") return null;
      session.cleanup.add(`user ${id}`, async () => {
        if (!t.offers("deleteUser")) return "the target does not delete users";
        const { status } = await t.call("deleteUser", { params: { user_id: id } });
        return [200, 202, 204, 404, 409, 410].includes(status) ? null : `DELETE answered ${status}`;
      });
      return id;
    },
    async funded(amount) {
      const user = await self.user();
      if (unitsOf(amount) === 0n) return user;
      const exchange = await t.call("mintTokens", { json: { user_id: user.id, amount, reason: markOf(t.runId) } });
      if (exchange.status >= 300) throw new SetupFailed("tokens are needed first, and could not be minted", exchange);
      await t.confirmed(exchange);
      return user;
    },
    subject() {
      memory.subject ??= find(common());
      return memory.subject;
    },
    async balance(userId) {
      const exchange = await t.call("getUserBalance", { params: { user_id: userId }, fresh: true });
      const { balance } = exchange.data;
      if (exchange.status !== 200 || typeof balance !== "string" || !/^-?\d+(\.\d{1,18})?$/.test(balance)) {
        throw new SetupFailed("the balance cannot be read", exchange);
      }
      return balance;
    },
    balanceOnce: (userId, expected) =>
      t.eventually(
        () => self.balance(userId),
        (balance) => unitsOf(balance) === unitsOf(expected),
      ),
    async read(userId) {
      const exchange = await t.call("getUser", { params: { user_id: userId }, fresh: true });
      if (exchange.status !== 200 && exchange.status !== 404) throw new SetupFailed("the user cannot be read again", exchange);
      return exchange.status === 200 ? exchange.data : null;
    },
    async withEmail(email) {
      const exchange = await t.call("listUsers", { query: { email }, fresh: true });
      if (exchange.status !== 200 || !Array.isArray(exchange.data.items))
        throw new SetupFailed("users cannot be listed by e-mail address", exchange);
      return exchange.data.items as Json[];
    },
  };
  return self;
}

async function find(t: Probe): Promise<MadeUser> {
  if (t.mode !== "readonly") return await t.user();
  const known = t.facts.capabilities.known.user_id;
  if (known !== undefined) return { id: known };
  const { data } = await t.call("listUsers", { query: { limit: "1" } });
  const [first] = (data.items ?? []) as MadeUser[];
  if (!first) throw new Untestable("readonly mode needs a user that exists: `known: {user_id: …}` in --capabilities");
  return first;
}
