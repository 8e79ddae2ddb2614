import { createHmac, createPrivateKey, createPublicKey, hash } from "node:crypto";
import jwt from "jsonwebtoken";
import { beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import type { IssuerKey } from "../../emulator/model/issuer-key.ts";
import type { Credentials } from "../../emulator/ports/credentials.ts";

const BASE = "http://127.0.0.1:4010/v1/jwks/";
const PAYLOAD = { iss: "http://127.0.0.1:4010/v1/issuer", name: "Größe", nbf: 1_767_225_600, deep: { list: [1, "2", null] } };

/** What every adapter of the credentials port does (emulator/ports/credentials.ts). */
export function shouldBehaveLikeCredentials(name: string, create: (seeded: boolean) => Credentials): void {
  const credentials = create(false);
  let key: IssuerKey;
  let other: IssuerKey;
  let token: string;
  const newKey = async (from = credentials): Promise<IssuerKey> => ({ ...(await from.newKey()), created_at: "2026-01-01T00:00:00.000Z" });
  const partsOf = (text: string) => text.split(".") as [string, string, string];
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

  beforeAll(async () => {
    [key, other] = await Promise.all([newKey(), newKey()]);
    token = await credentials.sign(PAYLOAD, key, BASE + key.id);
  });

  describe(`${name}: keys`, () => {
    it("are RSA of 2048 bits; their id is the thumbprint of RFC 7638", () => {
      const { n, e } = credentials.publicJwk(key, "a kid") as { n: string; e: string };
      expect(Buffer.from(n, "base64url")).toHaveLength(256);
      // §3.2: "a JSON object … containing only the required members …, with no whitespace or line breaks, … ordered lexicographically".
      expect(key.id).toBe(hash("sha256", `{"e":"${e}","kty":"RSA","n":"${n}"}`, "base64url"));
    });

    it("show nothing private in the key set", () => {
      expect(Object.keys(credentials.publicJwk(key, "a kid")).sort()).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
      expect(credentials.publicJwk(key, "a kid")).toMatchObject({ kty: "RSA", use: "sig", alg: "RS256", kid: "a kid" });
    });

    it("are always new, except in seeded sandboxes, which share one", async () => {
      expect(key.id).not.toBe(other.id);
      expect(await create(true).newKey()).toEqual(await create(true).newKey());
      expect((await create(true).newKey()).id).not.toBe(key.id);
    });

    it("stay what they are through JSON", async () => {
      expect(await credentials.sign(PAYLOAD, JSON.parse(JSON.stringify(key)), BASE + key.id)).toBe(token);
    });
  });

  describe(`${name}: a signed credential`, () => {
    it("says in its header what it is, and no more", () => {
      const header = JSON.parse(Buffer.from(partsOf(token)[0], "base64url").toString());
      expect(header).toEqual({ alg: "RS256", kid: BASE + key.id, typ: "JWT" });
    });

    it("is the same for the same input", async () => {
      expect(await credentials.sign(PAYLOAD, key, BASE + key.id)).toBe(token);
    });

    it("is the same, and is read, where the global Uint8Array is another than Node's, as under jsdom", async () => {
      vi.stubGlobal("Uint8Array", class extends Uint8Array {});
      onTestFinished(() => void vi.unstubAllGlobals());
      expect(await credentials.sign(PAYLOAD, key, BASE + key.id)).toBe(token);
      expect(await credentials.verify(token, [key])).toEqual(PAYLOAD);
    });

    it("is accepted by another library, with the public key alone", () => {
      const publicKey = createPublicKey({ format: "jwk", key: { ...credentials.publicJwk(key, key.id) } });
      expect(jwt.verify(token, publicKey, { algorithms: ["RS256"] })).toEqual(PAYLOAD);
    });

    it("gives its payload back, wherever its kid points", async () => {
      expect(await credentials.verify(token, [other, key])).toEqual(PAYLOAD);
      const elsewhere = await credentials.sign(PAYLOAD, key, `https://sandbox.example/api/v1/jwks/${key.id}`);
      expect(await credentials.verify(elsewhere, [key])).toEqual(PAYLOAD);
    });

    it("of an earlier release, with the other typ and a kid in the key set, is accepted too", async () => {
      const header = { alg: "RS256", typ: "vc+jwt", kid: `http://127.0.0.1:4010/v1/jwks.json#${key.id}` } as const;
      expect(await credentials.verify(jwt.sign(PAYLOAD, privatePem(key), { header, noTimestamp: true }), [key])).toEqual(PAYLOAD);
    });

    it("of another library is accepted too", async () => {
      const pem = privatePem(key);
      const header = { alg: "RS256", typ: "JWT", kid: BASE + key.id } as const;
      expect(await credentials.verify(jwt.sign(PAYLOAD, pem, { header, noTimestamp: true }), [key])).toEqual(PAYLOAD);
    });
  });

  describe(`${name}: refuses`, () => {
    const refused = async (text: string, keys = [key]) => expect(await credentials.verify(text, keys), text).toBeNull();

    it("a token with any one character changed", async () => {
      for (let at = 0; at < token.length; at += 1) {
        await refused(token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1));
      }
    });

    it("the spare bits of the last character changed (base64url that is not canonical)", async () => {
      const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
      const last = alphabet.indexOf(token.at(-1) as string);
      await refused(token.slice(0, -1) + alphabet[last ^ 1]);
    });

    it("another payload or header under the old signature", async () => {
      const [header, payload, signature] = partsOf(token);
      await refused([header, encoded({ ...PAYLOAD, name: "Mallory" }), signature].join("."));
      await refused([encoded({ alg: "RS256", kid: BASE + key.id, typ: "vc+jwt" }), payload, signature].join("."));
    });

    it("alg none", async () => {
      const payload = partsOf(token)[1];
      await refused(`${encoded({ alg: "none", kid: BASE + key.id, typ: "JWT" })}.${payload}.`);
      await refused(`${encoded({ alg: "none", kid: BASE + key.id, typ: "JWT" })}.${payload}.${partsOf(token)[2]}`);
    });

    it("HS256 with the public key as the secret", async () => {
      const jwk = credentials.publicJwk(key, key.id);
      const header = encoded({ alg: "HS256", kid: BASE + key.id, typ: "JWT" });
      for (const secret of [
        createPublicKey({ format: "jwk", key: { ...jwk } }).export({ format: "pem", type: "spki" }),
        JSON.stringify(jwk),
      ]) {
        const signed = `${header}.${partsOf(token)[1]}`;
        await refused(`${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`);
      }
    });

    it("another key, also one that borrows the kid", async () => {
      await refused(await credentials.sign(PAYLOAD, other, BASE + other.id));
      await refused(await credentials.sign(PAYLOAD, other, BASE + key.id));
      await refused(token, [other]);
      await refused(token, []);
    });

    it("RS512, PS256 and another typ by the right key", async () => {
      const pem = privatePem(key);
      const payload = { ...PAYLOAD };
      await refused(jwt.sign(payload, pem, { header: { alg: "RS512", typ: "JWT", kid: BASE + key.id } }));
      await refused(jwt.sign(payload, pem, { header: { alg: "PS256", typ: "JWT", kid: BASE + key.id } }));
      await refused(jwt.sign(payload, pem, { header: { alg: "RS256", typ: "at+jwt", kid: BASE + key.id } }));
    });

    it("a critical header that it does not know", async () => {
      const header = { alg: "RS256", typ: "JWT", kid: BASE + key.id, crit: ["exp"], exp: 1 } as const;
      await refused(jwt.sign({ ...PAYLOAD }, privatePem(key), { header: header as never }));
    });

    it.each(["", ".", "..", "a.b", "a.b.c.d", "a b.c.d", "{}", "é.é.é"])("%j", (text) => refused(text));

    it("a payload that is no object", async () => {
      const header = { alg: "RS256", typ: "JWT", kid: BASE + key.id } as const;
      for (const payload of ["5", "no JSON", "null"]) await refused(jwt.sign(payload, privatePem(key), { header }));
    });
  });
}

function privatePem({ private_jwk }: IssuerKey): string {
  return createPrivateKey({ format: "jwk", key: { ...private_jwk } }).export({ format: "pem", type: "pkcs8" }) as string;
}
