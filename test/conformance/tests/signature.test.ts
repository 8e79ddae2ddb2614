/** The kit's own reading of Standard Webhooks, against the reference library. */
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { anyText } from "../../support/any-text.ts";
import { isSignedWith } from "../kit/signature.ts";

const secretOf = (bytes: Uint8Array) => `whsec_${Buffer.from(bytes).toString("base64")}`;
const secrets = fc.uint8Array({ minLength: 24, maxLength: 64 }).map(secretOf);
/** The reference library checks that the time is near. */
const now = () => new Date();

function signed(secret: string, id: string, at: Date, text: string) {
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": new Webhook(secret).sign(id, at, text),
  };
  return { headers, body: Buffer.from(text) };
}

function isTaken(secret: string, { headers, body }: { headers: Record<string, string>; body: Buffer }): boolean {
  try {
    new Webhook(secret).verify(body.toString(), headers);
    return true;
  } catch (error) {
    // A body that is no JSON has been verified before it is parsed.
    return error instanceof SyntaxError;
  }
}

describe("a webhook signed by the reference library", () => {
  it("verifies, whatever the secret, the id and the body", () => {
    fc.assert(
      fc.property(secrets, fc.uuid(), anyText(), (secret, id, text) => {
        expect(isSignedWith(secret, signed(secret, `evt_${id}`, now(), text))).toBe(true);
      }),
    );
  });

  it("does not when one thing is another: body, id, time, secret", () => {
    fc.assert(
      fc.property(secrets, secrets, fc.uuid(), fc.json(), fc.nat(), (secret, other, id, text, at) => {
        const hook = signed(secret, id, now(), text);
        const body = Buffer.from(hook.body);
        body[at % body.length] = (body[at % body.length] as number) ^ 1;
        expect(isSignedWith(secret, { ...hook, body })).toBe(false);
        expect(isSignedWith(secret, { ...hook, headers: { ...hook.headers, "webhook-id": `${id}x` } })).toBe(false);
        expect(isSignedWith(secret, { ...hook, headers: { ...hook.headers, "webhook-timestamp": "1" } })).toBe(false);
        expect(isSignedWith(other, hook)).toBe(other === secret);
      }),
    );
  });
});

describe("what receivers take, the kit takes, and nothing else", () => {
  const secret = secretOf(Buffer.alloc(24, 7));
  const hook = signed(secret, "evt_1", now(), '{"a":1}');
  const good = hook.headers["webhook-signature"];
  const [, value = ""] = good.split(",");
  const another = signed(secretOf(Buffer.alloc(24, 8)), "evt_1", now(), '{"a":1}').headers["webhook-signature"];

  it.each([
    ["one signature", good],
    ["another secret's first, as after a rotation", `${another} ${good}`],
    ["another secret's last", `${good} ${another}`],
    ["another secret's alone", another],
    ["an unknown version beside it", `v1a,AAAA ${good}`],
    ["an unknown version alone", `v2,${value}`],
    ["no version", value],
    ["nothing", ""],
    ["a comma alone", "v1,"],
    ["no padding", good.replace(/=+$/, "")],
    ["the alphabet for URLs", `v1,${value.replaceAll("+", "-").replaceAll("/", "_")}`],
    ["hexadecimal digits", `v1,${Buffer.from(value, "base64").toString("hex")}`],
    ["more after it", `${good}AAAA`],
    ["separated by commas", `${another},${good}`],
  ])("%s", (_, signature) => {
    const sent = { ...hook, headers: { ...hook.headers, "webhook-signature": signature } };
    expect(isSignedWith(secret, sent)).toBe(isTaken(secret, sent));
  });

  it.each(["webhook-id", "webhook-timestamp", "webhook-signature"])("without %s there is no signature", (name) => {
    const { [name]: _, ...headers } = hook.headers as Record<string, string>;
    expect(isTaken(secret, { ...hook, headers })).toBe(false);
    expect(isSignedWith(secret, { ...hook, headers })).toBe(false);
    // Nor when what is signed says the name of nothing.
    const text = hook.body.toString();
    const forged = { ...headers, "webhook-signature": new Webhook(secret).sign("undefined", now(), text) };
    expect(isSignedWith(secret, { body: hook.body, headers: { ...forged, "webhook-id": "" } })).toBe(false);
  });

  it("a secret may be written without its prefix", () => {
    expect(isSignedWith(secret.slice(6), hook)).toBe(true);
  });
});
