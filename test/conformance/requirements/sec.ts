import { connect, type TLSSocket } from "node:tls";
import type { Check, Group } from "../kit/check.ts";
import type { Exchange } from "../kit/exchange.ts";
import { said } from "../kit/expect.ts";
import { secretPartOf } from "../kit/keys.ts";
import { NoAnswer, NotApplicable, Untestable } from "../kit/outcomes.ts";
import type { Probe } from "../kit/probe.ts";
import type { Request } from "../kit/session.ts";

/** What must not leak, and what a client must not be able to set. */

const checks: readonly Check[] = [
  {
    id: "SEC-01",
    level: "MUST",
    provenance: "P",
    mode: "r",
    requirement:
      "Plain HTTP never gives API data or has an effect, and a key sent in clear is not honoured (loopback targets without TLS excepted).",
    hint: "Refuse what comes in clear before anything is read. A redirect is allowed, but the key has been sent by then.",
    requests: 8,
    async run(t) {
      if (!t.target.isTls && t.target.isLoopback) throw new NotApplicable("a loopback target may speak plain HTTP");
      t.expect.that(t.target.isTls, "the base URL is plain HTTP and not on loopback", { expected: "https", actual: t.target.origin });
      const url = new URL(t.target.baseUrl);
      url.protocol = "http:";
      // The run's own key is sent in clear on loopback only; elsewhere a key that is made for this and revoked, or none.
      const key = t.target.isLoopback ? t.apiKey : await t.ownKey();
      const authorization: [string, string][] = key === null ? [] : [["Authorization", `Bearer ${key}`]];
      const clear = async (request: Pick<Request, "method" | "path" | "raw">) =>
        await t
          .send({
            ...request,
            url: url.href + request.path,
            judged: false,
            wire: [...authorization, ...(request.raw ? [["Content-Type", "application/json"] as [string, string]] : [])],
          })
          .catch((error) => {
            if (error instanceof NoAnswer) return null;
            throw error;
          });
      const person = t.person();
      const probes = [
        await clear({ method: "GET", path: t.request("listUsers").path }),
        await clear({ method: "GET", path: t.request("getToken").path }),
        ...(t.mode === "readonly"
          ? []
          : [await clear({ method: "POST", path: t.request("createUser").path, raw: JSON.stringify(person) })]),
      ];
      for (const exchange of probes) {
        const served = exchange !== null && exchange.status < 300;
        t.expect.that(!served, "plain HTTP is served", {
          exchange: exchange ?? undefined,
          pointer: "status",
          expected: "refused, redirected to https, or a 4xx",
          actual: exchange?.status,
        });
        if (exchange && exchange.status >= 300 && exchange.status < 400) {
          const to = exchange.headers.location ?? "";
          t.expect.that(to.startsWith("https:"), "plain HTTP is redirected elsewhere than to https", {
            exchange,
            pointer: "location",
            actual: to,
          });
        }
      }
      if (t.mode !== "readonly") t.expect.equal((await t.withEmail(String(person.email))).length, 0, "a write in clear has no effect");
      t.expect.ok(await t.call("listUsers"), "the same over TLS works");
    },
  },
  {
    // RFC 8996 deprecates TLS 1.0 and 1.1; RFC 9110, 4.3.4: the certificate must be one for the host.
    id: "SEC-02",
    level: "MUST",
    provenance: "K",
    mode: "r",
    requirement: "The certificate is valid for the host and trusted, and TLS is 1.2 or newer.",
    hint: "Look at the certificate's names and dates, and send the whole chain.",
    requests: 0,
    async run(t) {
      if (!t.target.isTls) throw new NotApplicable("the target does not use TLS");
      const { protocol, problem } = await handshake(t);
      t.expect.that(problem === null, `the certificate is not accepted: ${problem}`, {
        expected: `a valid certificate for ${new URL(t.target.origin).hostname}`,
        actual: problem,
      });
      t.expect.that(["TLSv1.2", "TLSv1.3"].includes(String(protocol)), "the TLS version is too old", {
        expected: "TLSv1.2 or newer",
        actual: protocol,
      });
      const old = await handshake(t, "TLSv1.1");
      t.expect.that(old.protocol === null || old.protocol === "TLSv1.2", "TLS 1.1 is accepted", { actual: old.protocol });
    },
  },
  {
    id: "SEC-03",
    level: "MUST",
    provenance: "K",
    mode: "r",
    requirement: "Error bodies show no stack trace, SQL, file-system path or other host.",
    hint: "Log the inside, answer a code and a sentence.",
    requests: 0,
    judgesTraffic: true,
    async run(t) {
      const errors = (await t.traffic()).filter(({ status }) => status >= 400);
      if (errors.length === 0) throw new Untestable("no answer of the run was an error");
      for (const exchange of errors) {
        const leak = insideOf(exchange, new URL(t.target.origin).host);
        t.expect.that(leak === null, `${said(exchange)} shows the inside`, {
          exchange,
          pointer: "/error/message",
          actual: leak,
          expected: "nothing of the implementation",
        });
      }
    },
  },
  {
    id: "SEC-04",
    level: "MUST",
    provenance: "K",
    mode: "r",
    requirement: "The API key, or eight characters of its random part, never appears in a body or a header.",
    hint: "Do not echo Authorization; show the last four characters at most.",
    requests: 5,
    judgesTraffic: true,
    async run(t) {
      // A key of the run's own is random for certain; the well-known key of a sandbox is not.
      const own = await t.ownKey();
      if (own !== null) {
        for (const request of [t.request("listUsers"), t.request("listUsers", { query: { limit: "0" } })])
          await t.send({ ...request, key: own });
        await t.call("listUsers", { key: `${own}x` });
      }
      for (const key of [t.apiKey, ...(own === null ? [] : [own])]) {
        const pieces = piecesOf(secretPartOf(key));
        for (const exchange of await t.traffic()) {
          if (exchange.data.secret === key) continue;
          const text = `${exchange.text}\n${JSON.stringify(exchange.headers)}`;
          const piece = pieces.find((each) => text.includes(each));
          t.expect.that(piece === undefined, `${said(exchange)} shows a part of the API key`, { exchange });
        }
      }
    },
  },
  {
    id: "SEC-07",
    level: "MUST",
    provenance: "O",
    mode: "w",
    requirement: "Members that the server owns (id, status, balance, created_at) are refused or ignored in a body, never applied.",
    hint: "Take the members that you know from a body, instead of taking the body.",
    requests: 14,
    async run(t) {
      const owned: Readonly<Record<string, unknown>> = {
        id: `usr_0${t.random.base32(25)}`,
        balance: "1000000",
        created_at: "2001-01-01T00:00:00.000Z",
        updated_at: "2001-01-01T00:00:00.000Z",
        wallet: { address: `0x${"1".repeat(40)}` },
        object: "admin",
      };
      const subject = await t.user();
      for (const [name, value] of Object.entries(owned)) {
        const created = await t.call("createUser", { json: t.person({ [name]: value }) });
        const id = t.made(created);
        if (id !== null) await notApplied(t, id, name, value, created);
        else t.expect.refused(created, { status: [400, 403, 422] }, `creating a user with ${name} is refused`);
        const updated = await t.call("updateUser", { params: { user_id: subject.id }, json: { [name]: value } });
        if (updated.status < 300) await notApplied(t, subject.id, name, value, updated);
        else t.expect.refused(updated, { status: [400, 403, 409, 422] }, `updating ${name} is refused`);
      }
      t.expect.equal((await t.read(subject.id))?.display_name, subject.display_name, "the user is as before");
    },
  },
  {
    id: "SEC-08",
    level: "SHOULD",
    provenance: "K",
    mode: "r",
    requirement: "Answers carry `X-Content-Type-Options: nosniff`, and authenticated ones are not publicly cacheable.",
    hint: "`Cache-Control: no-store`, or `private, no-cache` with an ETag.",
    requests: 0,
    judgesTraffic: true,
    async run(t) {
      for (const exchange of await t.traffic()) {
        t.expect.equal(exchange.headers["x-content-type-options"]?.toLowerCase(), "nosniff", `${said(exchange)}: X-Content-Type-Options`, {
          exchange,
          pointer: "x-content-type-options",
        });
        const isSecured = exchange.operationId !== null && t.document.operation(exchange.operationId).secured;
        if (!isSecured || exchange.status >= 300) continue;
        const cache = exchange.headers["cache-control"] ?? "";
        const isPrivate = /\b(no-store|private|no-cache)\b/.test(cache) && !/\bpublic\b/.test(cache);
        t.expect.that(isPrivate, `${said(exchange)} may be kept by shared caches`, {
          exchange,
          pointer: "cache-control",
          expected: "no-store, or private",
          actual: cache || "(absent)",
        });
      }
    },
  },
];

export const sec: Group = { name: "SEC", title: "Security", checks };

/** What shows the implementation in an error, or null. `doc_url` may lead anywhere. */
export function insideOf(exchange: Pick<Exchange, "text" | "json">, host: string): string | null {
  const error = exchange.json?.error as Record<string, unknown> | undefined;
  const text =
    error && typeof error === "object" ? JSON.stringify({ ...exchange.json, error: { ...error, doc_url: null } }) : exchange.text;
  for (const pattern of INSIDE) {
    const found = pattern.exec(text);
    if (found) return found[0];
  }
  const other = [...text.matchAll(/https?:\/\/([^/"\\\s]+)/g)].find((found) => found[1] !== host);
  return other?.[0] ?? null;
}

/** Eight characters each; more of a key that is made of words and repetitions, such as the well-known one of a sandbox. */
function piecesOf(secret: string): readonly string[] {
  const length = /(.)\1{3}/.test(secret) ? 20 : 8;
  return Array.from({ length: Math.max(1, secret.length - length + 1) }, (_, at) => secret.slice(at, at + length));
}

const INSIDE: readonly RegExp[] = [
  /(\\n|\n)[ \t]+at [\w.<>$ ]+\(/,
  /Traceback \(most recent call last\)|File \\?"[^"]+\\?", line \d+/,
  /(?<![\w.])(java|javax|org|com)\.[a-z]+\.[\w.]+(Exception|Error)\b/,
  /node_modules|file:\/\/|\.(ts|js|py|rb|java|go|php):\d+/,
  /(^|[\s"'(])\/(home|usr|var|opt|srv|app|root|Users)\/[\w.-]+/,
  /[A-Z]:\\\\?\w+\\/,
  /\b(SELECT|INSERT INTO|UPDATE|DELETE FROM) [^A-Z]{1,80}\b(FROM|VALUES|SET|WHERE)\b|SQLSTATE|ORA-\d{5}/,
];

async function notApplied(t: Probe, id: string, name: string, value: unknown, exchange: Exchange): Promise<void> {
  const user = await t.read(id);
  t.expect.that(user !== null && id !== value, `${name} of the body was applied`, { exchange, pointer: `/data/${name}`, actual: id });
  t.expect.that(JSON.stringify(user?.[name]) !== JSON.stringify(value), `${name} of the body was applied`, {
    exchange,
    pointer: `/data/${name}`,
    actual: user?.[name],
  });
  if (name === "wallet")
    t.expect.that(
      (user?.wallet as { address?: string })?.address !== (value as { address: string }).address,
      "wallet of the body was applied",
      { exchange },
    );
  if (name === "balance" && t.offers("getUserBalance"))
    t.expect.amount(await t.balance(id), "0", "a balance of the body was applied", { exchange, pointer: "/data/balance" });
}

/** A handshake alone: no key is sent. `only`: the newest version that we offer. */
function handshake(t: Probe, only?: "TLSv1.1"): Promise<{ protocol: string | null; problem: string | null }> {
  const { hostname, port } = new URL(t.target.origin);
  const host = hostname.replace(/^\[|\]$/g, "");
  const isName = /[a-z]/i.test(host) && !host.includes(":");
  return new Promise((resolve) => {
    const versions = only ? { minVersion: "TLSv1" as const, maxVersion: only, ciphers: "DEFAULT@SECLEVEL=0" } : {};
    const trust = t.trust.ca === null ? {} : { ca: t.trust.ca };
    const socket: TLSSocket = connect(
      { host, port: Number(port || 443), ...(isName ? { servername: host } : {}), ...trust, ...versions, rejectUnauthorized: false },
      () => {
        const problem = socket.authorized ? null : String(socket.authorizationError);
        resolve({ protocol: socket.getProtocol(), problem });
        socket.destroy();
      },
    );
    socket.setTimeout(10_000, () => socket.destroy(new Error("no handshake within 10 s")));
    socket.on("error", (error) => resolve({ protocol: null, problem: error.message }));
  });
}
