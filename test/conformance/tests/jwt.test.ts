/** The kit's own reading of JWTs, against jsonwebtoken and jose: who signs, and what is a signature. */
import { createSecretKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { createLocalJWKSet, jwtVerify, SignJWT } from "jose";
import jsonwebtoken from "jsonwebtoken";
import { describe, expect, it } from "vitest";
import type { Json } from "../kit/document.ts";
import { forgeries, isSignedBy, readJwt } from "../kit/jwt.ts";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 });
const elliptic = generateKeyPairSync("ec", { namedCurve: "P-256" });
const jwk = (key: KeyObject, kid: string): Json => ({ ...key.export({ format: "jwk" }), kid, use: "sig", alg: "RS256" });
const keys = [jwk(stranger.publicKey, "old"), jwk(publicKey, "now")];
const PAYLOAD = { iss: "https://example.com/issuer", name: "Ada שרה 🦉", nested: { list: [1, "2", null] } };
const token = jsonwebtoken.sign(PAYLOAD, privateKey, { algorithm: "RS256", keyid: "now", noTimestamp: true });
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const [head = "", body = "", signature = ""] = token.split(".");

async function byJose(text: string, set: readonly Json[] = keys): Promise<boolean> {
  const found = createLocalJWKSet({ keys: set as never });
  return await jwtVerify(text, found, { algorithms: ["RS256"] }).then(
    () => true,
    () => false,
  );
}

function byJsonwebtoken(text: string): boolean {
  try {
    jsonwebtoken.verify(text, publicKey, { algorithms: ["RS256"] });
    return true;
  } catch {
    return false;
  }
}

describe("readJwt", () => {
  it("says what the libraries say", () => {
    const { header, payload } = jsonwebtoken.decode(token, { complete: true }) as { header: object; payload: object };
    expect(readJwt(token)).toEqual({ header, payload });
    expect(payload).toEqual(PAYLOAD);
  });

  it.each([
    ["nothing", ""],
    ["two parts", `${head}.${body}`],
    ["four parts", `${token}.x`],
    ["no JSON", "abc.def.ghi"],
    ["a list as header", `${part([])}.${body}.${signature}`],
    ["a number as payload", `${head}.${part(1)}.${signature}`],
    ["null", `${head}.${part(null)}.${signature}`],
    ["base64 of the other alphabet", `${head}.${Buffer.from(JSON.stringify({ a: "ÿþ>>>" })).toString("base64")}=.${signature}`],
    ["white space", ` ${token}`],
    ["an HTML page", "<html>a.b.c</html>"],
  ])("%s is none", (_, text) => {
    expect(readJwt(text)).toBeNull();
    expect(isSignedBy(text, keys)).toBe(false);
  });
});

describe("isSignedBy", () => {
  it("takes what jsonwebtoken and jose have signed", async () => {
    const other = await new SignJWT(PAYLOAD).setProtectedHeader({ alg: "RS256", kid: "now", typ: "vc+jwt" }).sign(privateKey);
    for (const text of [token, other]) {
      expect(isSignedBy(text, keys)).toBe(true);
      expect([byJsonwebtoken(text), await byJose(text)]).toEqual([true, true]);
    }
  });

  it.each([
    ["the key of another kid", jsonwebtoken.sign(PAYLOAD, privateKey, { algorithm: "RS256", keyid: "old" })],
    ["an unknown kid", jsonwebtoken.sign(PAYLOAD, privateKey, { algorithm: "RS256", keyid: "next" })],
    ["another algorithm of the same key", jsonwebtoken.sign(PAYLOAD, privateKey, { algorithm: "PS256", keyid: "now" })],
    ["a longer hash", jsonwebtoken.sign(PAYLOAD, privateKey, { algorithm: "RS512", keyid: "now" })],
    ["HS256 with the public key as the secret", hmacWithPublicKey()],
    ["a signature with padding", `${token}==`],
    ["a signature in the other alphabet", `${head}.${body}.${Buffer.from(signature, "base64url").toString("base64")}`],
    ["the header of another", `${part({ alg: "RS256", kid: "now", typ: "other" })}.${body}.${signature}`],
    ["half a signature", token.slice(0, -100)],
  ])("refuses %s, as the stricter of the libraries does", async (_, text) => {
    expect(isSignedBy(text, keys)).toBe(false);
    expect((await byJose(text)) && byJsonwebtoken(text)).toBe(false);
  });

  it("a key set that is no key set has signed nothing, and is no fault of the kit", async () => {
    const { n: _, ...cut } = jwk(publicKey, "now");
    const ec = { ...elliptic.publicKey.export({ format: "jwk" }), kid: "now" };
    for (const set of [[], [cut], [{ ...jwk(publicKey, "now"), n: 1 }], [{ kid: "now" }], [ec]]) expect(isSignedBy(token, set)).toBe(false);
    // By an EC key that calls itself RS256.
    const text = `${part({ alg: "RS256", kid: "now" })}.${body}`;
    expect(isSignedBy(`${text}.${sign("sha256", Buffer.from(text), elliptic.privateKey).toString("base64url")}`, [ec])).toBe(false);
  });

  it("without a kid there is no key that it names", () => {
    const { kid: _, ...nameless } = jwk(publicKey, "now");
    const text = jsonwebtoken.sign(PAYLOAD, privateKey, { algorithm: "RS256" });
    expect(isSignedBy(text, [nameless])).toBe(false);
  });
});

describe("forgeries", () => {
  it("there are five, no two alike, and each is refused by both libraries and by the kit", async () => {
    const all = forgeries(token);
    expect(new Set(all.map(({ credential }) => credential)).size).toBe(5);
    for (const { what, credential } of all) {
      expect([byJsonwebtoken(credential), await byJose(credential), isSignedBy(credential, keys)], what).toEqual([false, false, false]);
      expect(credential, what).not.toBe(token);
    }
  });

  it("what they change is what they say, and nothing else", () => {
    const of = (what: string) => forgeries(token).find((each) => each.what.startsWith(what))?.credential ?? "";
    expect(readJwt(of("another payload"))).toEqual({ header: readJwt(token)?.header, payload: { ...PAYLOAD, name: "Another badge" } });
    expect(readJwt(of("another issuer's"))).toEqual(readJwt(token));
    expect(readJwt(of("alg none"))?.header).toEqual({ ...readJwt(token)?.header, alg: "none" });
    expect(of("no signature")).toBe(`${head}.${body}.`);
    const [was, is] = [signature, of("a signature").split(".")[2] ?? ""].map((text) => Buffer.from(text, "base64url"));
    expect(is?.filter((byte, at) => byte !== was?.[at])).toHaveLength(1);
  });
});

function hmacWithPublicKey(): string {
  const secret = createSecretKey(publicKey.export({ type: "spki", format: "der" }));
  return jsonwebtoken.sign(PAYLOAD, secret, { algorithm: "HS256", keyid: "now" });
}
