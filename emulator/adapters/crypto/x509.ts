import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { isIP } from "node:net";
import { addressBytes, bits, type Der, der, instant, integer, octets, oid, sequence, set, TRUE, utf8 } from "./der.ts";

/** RFC 5280 certificates, strict enough for `X509_V_FLAG_X509_STRICT`, which Python asks for since 3.13. */
interface CertificateText {
  readonly subject: string;
  readonly issuer: string;
  readonly days: number;
  /** Key of the certificate, and the key that signs it. */
  readonly key: KeyObject;
  readonly signer: KeyObject;
  readonly extensions: readonly Der[];
}

const ECDSA_WITH_SHA256 = sequence(oid("1.2.840.10045.4.3.2"));
const DAY_MS = 86_400_000;

/** A new private key on P-256. */
export function newKey(): KeyObject {
  return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
}

/** The signed certificate in PEM. It is valid from a day ago: clocks of containers differ. */
export function certificate({ subject, issuer, days, key, signer, extensions }: CertificateText): string {
  const now = Math.floor(Date.now() / 1000) * 1000;
  const signed = sequence(
    der(0xa0, integer(2)),
    integer(0x40, ...randomBytes(16)),
    ECDSA_WITH_SHA256,
    name(issuer),
    sequence(instant(new Date(now - DAY_MS)), instant(new Date(now + days * DAY_MS))),
    name(subject),
    spki(key),
    der(0xa3, sequence(...extensions)),
  );
  const whole = sequence(signed, ECDSA_WITH_SHA256, bits(sign("sha256", signed, signer)));
  const lines = whole.toString("base64").match(/.{1,64}/g) as string[];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

/** The extensions of an authority that may vouch for these names and addresses only, and for no further authority. */
export function authorityExtensions(key: KeyObject, hosts: readonly string[]): Der[] {
  return [
    critical("2.5.29.19", sequence(TRUE, der(0x02, Buffer.from([0])))),
    critical("2.5.29.15", bits(Buffer.from([0b0000_0110]), 1)),
    extension("2.5.29.14", octets(keyId(key))),
    critical("2.5.29.30", sequence(der(0xa0, ...hosts.map(subtree)))),
  ];
}

/** The extensions of a server that is reached by these names and addresses. */
export function serverExtensions(key: KeyObject, signer: KeyObject, hosts: readonly string[]): Der[] {
  return [
    critical("2.5.29.19", sequence()),
    critical("2.5.29.15", bits(Buffer.from([0b1000_0000]), 7)),
    extension("2.5.29.37", sequence(oid("1.3.6.1.5.5.7.3.1"))),
    extension("2.5.29.14", octets(keyId(key))),
    extension("2.5.29.35", sequence(der(0x80, keyId(signer)))),
    extension("2.5.29.17", sequence(...hosts.map((host) => (isIP(host) ? der(0x87, addressBytes(host)) : der(0x82, Buffer.from(host)))))),
  ];
}

/** A name constraint: a name with what is below it, an address, or a network as `127.0.0.0/8`. */
export function subtree(host: string): Der {
  const [address = "", prefix] = host.split("/");
  if (!isIP(address)) return sequence(der(0x82, Buffer.from(host)));
  const bytes = addressBytes(address);
  const ones = Number(prefix ?? bytes.length * 8);
  const mask = bytes.map((_, i) => 0xff & (0xff00 >> Math.max(0, Math.min(8, ones - 8 * i))));
  return sequence(der(0x87, bytes, mask));
}

function name(common: string): Der {
  return sequence(set(sequence(oid("2.5.4.3"), utf8(common))));
}

function spki(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: "spki", format: "der" });
}

/** RFC 7093, 2, method 4: any hash of the public key will do. */
function keyId(key: KeyObject): Buffer {
  return createHash("sha256").update(spki(key)).digest().subarray(0, 20);
}

function extension(id: string, value: Der): Der {
  return sequence(oid(id), octets(value));
}

function critical(id: string, value: Der): Der {
  return sequence(oid(id), TRUE, octets(value));
}
