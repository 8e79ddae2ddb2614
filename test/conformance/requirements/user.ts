import type { Check, Group } from "../kit/check.ts";
import type { Json } from "../kit/document.ts";
import type { Exchange } from "../kit/exchange.ts";
import { unknownId } from "../kit/ids.ts";
import { Untestable } from "../kit/outcomes.ts";
import type { MadeUser } from "../kit/people.ts";
import type { Probe } from "../kit/probe.ts";

/** Creating, reading and updating users. */

const VALIDATION = { status: [400, 422], codes: /VALIDATION|INVALID|PARAMETER|REQUIRED/ } as const;

const checks: readonly Check[] = [
  {
    id: "USER-01",
    level: "MUST",
    provenance: "P",
    mode: "w",
    requirement:
      "Creating a user returns an id; reading it gives every member that was sent, unchanged or in the documented canonical form.",
    hint: "Right-to-left text, characters beyond the BMP and combining accents come back as they were sent; e-mail addresses in lower case.",
    requests: 5,
    async run(t) {
      const sent = t.person({ external_id: `conf-${t.runId}-${t.random.word()}`, locale: t.random.pick(["he-IL", "ar", "en-GB"]) });
      const person = { ...sent, email: String(sent.email).replace("conf", "Conf") };
      const created = await t.call("createUser", { json: person });
      const id = t.made(created) ?? "";
      t.expect.ok(created, "creating a user");
      t.expect.that(id !== "", "the answer has no id", { exchange: created, pointer: "/data/id" });
      const other = await t.user();
      t.expect.that(other.id !== id, "two users have the same id", { exchange: created, pointer: "/data/id", actual: id });
      for (const fresh of [false, true]) {
        const read = await t.eventually(
          () => t.call("getUser", { params: { user_id: id }, fresh }),
          ({ status }) => status === 200,
        );
        t.expect.ok(read, fresh ? "reading the user on another connection" : "reading the user");
        sameMembers(t, read, { ...person, id });
      }
      const listed = await t.eventually(
        () => t.withEmail(String(person.email)),
        (users) => users.length > 0,
      );
      t.expect.equal(
        listed.map((user) => user.id),
        [id],
        "the list finds the user by e-mail address",
      );
    },
  },
  {
    id: "USER-02",
    level: "MUST",
    provenance: "P",
    mode: "w",
    requirement: "Updating changes exactly the members that were named, and later reads agree.",
    hint: "PATCH is a merge: what is not named stays as it was.",
    requests: 7,
    async run(t) {
      const user = await t.user({ external_id: `conf-${t.runId}-${t.random.word()}`, locale: "en" });
      let before: Json = user;
      const changes: readonly Json[] = [
        { display_name: t.random.name() },
        { locale: "he" },
        { metadata: { note: t.random.word(), conformance_run: t.runId } },
      ];
      for (const change of changes) {
        const [name = ""] = Object.keys(change);
        const updated = await t.call("updateUser", { params: { user_id: user.id }, json: change });
        t.expect.ok(updated, `updating ${name}`);
        const expected = JSON.stringify(change[name]);
        const after = await t.eventually(
          () => t.read(user.id),
          (seen) => JSON.stringify(seen?.[name]) === expected,
        );
        t.expect.equal(after?.[name], change[name], `${name} is changed`, { exchange: updated, pointer: `/data/${name}` });
        t.expect.equal(without(after, name), without(before, name), `updating ${name} changes nothing else`, {
          exchange: updated,
          pointer: "/data",
        });
        before = after ?? {};
      }
    },
  },
  {
    id: "USER-03",
    level: "MUST",
    provenance: "O",
    mode: "w",
    requirement: "A create without one of the required members is refused with a validation code, and nothing is created.",
    hint: "The required members stand in the document.",
    requests: 7,
    async run(t) {
      const { required } = t.document.members("createUser");
      if (required.length === 0) throw new Untestable("the document has no required members for createUser");
      for (const name of required) {
        for (const [what, json] of [
          ["missing", without(t.person(), name)],
          ["null", { ...t.person(), [name]: null }],
        ] as const) {
          const exchange = await t.call("createUser", { json });
          t.made(exchange);
          t.expect.refused(exchange, VALIDATION, `${name} ${what}`);
          await t.settled();
          if (typeof json.email === "string")
            t.expect.equal((await t.withEmail(json.email)).length, 0, `nothing is created with ${name} ${what}`, { exchange });
        }
      }
      const good = await t.call("createUser", { json: t.person() });
      t.made(good);
      t.expect.ok(good, "with all of them");
    },
  },
  {
    id: "USER-04",
    level: "MUST",
    provenance: "O",
    mode: "w",
    requirement: "Each declared bound holds: the shortest and longest values are accepted, one step outside is refused.",
    hint: "Lengths count characters (code points), not bytes or UTF-16 units.",
    requests: 13,
    async run(t) {
      const user = await t.user();
      const params = { user_id: user.id };
      const bounds = boundsOf(t);
      if (bounds.length === 0) throw new Untestable("the document declares no bounds for members of createUser");
      for (const { name, min, max } of bounds) {
        for (const [length, isGood] of [
          [min, true],
          [max, true],
          [min - 1, false],
          [max + 1, false],
        ] as const) {
          if (length < 0) continue;
          for (const operationId of isGood ? ["updateUser"] : ["createUser", "updateUser"]) {
            const value = textOf(t, length);
            const exchange = await t.call(
              operationId,
              operationId === "createUser" ? { json: t.person({ [name]: value }) } : { params, json: { [name]: value } },
            );
            if (operationId === "createUser") t.made(exchange);
            const what = `${operationId}: ${name} of ${length} character${length === 1 ? "" : "s"} (${min} to ${max} are allowed)`;
            if (!isGood) t.expect.refused(exchange, VALIDATION, what);
            else {
              t.expect.ok(exchange, what);
              t.expect.equal(exchange.data[name], value, `${what} is kept whole`, { exchange, pointer: `/data/${name}` });
            }
          }
        }
      }
    },
  },
  {
    id: "USER-05",
    level: "MUST",
    provenance: "O",
    mode: "w",
    requirement: "A second user with a unique member of the first is refused with 409, and the first stays as it was.",
    hint: "E-mail addresses are compared in lower case; an update can collide too.",
    requests: 11,
    async run(t) {
      const first = await t.user({ external_id: `conf-${t.runId}-${t.random.word()}` });
      const other = await t.user();
      const email = String(first.email);
      const clashes: readonly [what: string, members: Json][] = [
        ["the same e-mail address", { email }],
        ["the same e-mail address in capitals", { email: email.toUpperCase() }],
        ["the same external_id", { external_id: first.external_id }],
      ];
      for (const [what, members] of clashes) {
        const created = await t.call("createUser", { json: t.person(members) });
        t.made(created);
        t.expect.refused(created, { status: [409] }, `a second user with ${what}`);
        const updated = await t.call("updateUser", { params: { user_id: other.id }, json: members });
        t.expect.refused(updated, { status: [409] }, `an update to ${what}`);
      }
      await t.settled();
      t.expect.equal(await t.read(first.id), first, "the first user is as before");
      t.expect.equal(await t.read(other.id), other, "the other user is as before");
      t.expect.equal((await t.withEmail(email)).length, 1, "there is one user with the address");
    },
  },
  {
    id: "USER-06",
    level: "MUST",
    provenance: "O",
    mode: "w",
    requirement: "Updating an unknown id is answered 404 and creates nothing.",
    hint: "An upsert lets a typing error make a user.",
    requests: 5,
    async run(t) {
      const id = unknownId(t.random, "user_id");
      const person = t.person();
      const exchange = await t.call("updateUser", { params: { user_id: id }, json: { display_name: "Nobody", email: person.email } });
      t.made(exchange);
      t.expect.refused(exchange, { status: [404], codes: /NOT_FOUND/ }, "updating an unknown id");
      await t.settled();
      t.expect.equal(await t.read(id), null, "the id still does not exist", { exchange });
      t.expect.equal((await t.withEmail(String(person.email))).length, 0, "no user has the address", { exchange });
      const user = await t.user();
      t.expect.ok(
        await t.call("updateUser", { params: { user_id: user.id }, json: { display_name: "Somebody" } }),
        "updating an id that exists",
      );
    },
  },
  {
    id: "USER-07",
    level: "SHOULD",
    provenance: "O",
    mode: "w",
    requirement: "Ids are unique and opaque; times are RFC 3339 in UTC; updated_at never goes back and moves with a change.",
    hint: "Write times with Z; take updated_at from the same clock as created_at.",
    requests: 5,
    async run(t) {
      const users = [await t.user(), await t.user(), await t.user()];
      t.expect.equal(new Set(users.map(({ id }) => id)).size, 3, "ids of three users differ");
      for (const user of users)
        t.expect.that(!user.id.includes(String(user.email)), "an id contains the e-mail address", { actual: user.id });
      const [user] = users as [MadeUser];
      for (const name of ["created_at", "updated_at"]) {
        t.expect.that(isUtc(user[name]), `${name} is no RFC 3339 time in UTC`, {
          pointer: `/data/${name}`,
          actual: user[name],
          expected: "2026-11-24T12:00:00.000Z",
        });
      }
      let last = String(user.updated_at);
      for (let i = 0; i < 2; i++) {
        await t.time.pause(15);
        const updated = await t.call("updateUser", { params: { user_id: user.id }, json: { display_name: t.random.name() } });
        t.expect.ok(updated, "updating the user");
        const now = String(updated.data.updated_at);
        const moved = Date.parse(now) > Date.parse(last) || (Date.parse(now) === Date.parse(last) && !t.time.moved && isFrozen(users));
        t.expect.that(isUtc(now) && moved, "updated_at does not move with a change", {
          exchange: updated,
          pointer: "/data/updated_at",
          expected: `later than ${last}`,
          actual: now,
        });
        t.expect.equal(updated.data.created_at, user.created_at, "created_at stays", { exchange: updated, pointer: "/data/created_at" });
        last = now;
      }
    },
  },
];

export const user: Group = { name: "USER", title: "Users", checks };

function without(members: Json | null, ...names: string[]): Json {
  const left = names.includes("updated_at") ? names : [...names, "updated_at"];
  return Object.fromEntries(Object.entries(members ?? {}).filter(([name]) => !left.includes(name)));
}

/** Each sent member, in the answer; the e-mail address may have been lower-cased. */
function sameMembers(t: Probe, exchange: Exchange, sent: Json): void {
  for (const [name, value] of Object.entries(sent)) {
    const got = exchange.data[name];
    const canonical = name === "email" && typeof got === "string" && got === String(value).toLowerCase() ? got : value;
    t.expect.equal(got, canonical, `${name} is read as it was written`, { exchange, pointer: `/data/${name}` });
  }
}

interface Bound {
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

/** Lengths of the texts that have no other rule. */
function boundsOf(t: Probe): readonly Bound[] {
  return Object.entries(t.document.members("createUser").properties).flatMap(([name, schema]) => {
    const [first = schema] = (schema.anyOf ?? []) as Json[];
    const text = typeof first.$ref === "string" ? t.document.schema(first.$ref.slice(1)) : first;
    const { type, minLength = 0, maxLength, pattern, format, enum: values } = text;
    if (type !== "string" || typeof maxLength !== "number" || pattern || format || values) return [];
    return [{ name, min: minLength as number, max: maxLength }];
  });
}

/** Distinct each time, as the member may be unique; the last character of a long one is beyond the BMP and counts as one. */
function textOf(t: Probe, length: number): string {
  if (length === 1) return String.fromCodePoint(t.random.int(0x4e00, 0x9fff));
  return length === 0 ? "" : t.random.word(length - 1) + (length < 12 ? t.random.word(1) : "🦉");
}

function isUtc(time: unknown): boolean {
  return typeof time === "string" && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/.test(time) && !Number.isNaN(Date.parse(time));
}

/** A sandbox whose clock stands still gives all users one time. */
function isFrozen(users: readonly MadeUser[]): boolean {
  return new Set(users.map((user) => user.created_at)).size === 1;
}
