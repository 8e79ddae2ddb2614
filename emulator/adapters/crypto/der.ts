import { isIPv4 } from "node:net";

/** DER (X.690), as far as a certificate needs it: written, never read. */
export type Der = Buffer;

/** One value: tag, length, content. */
export function der(tag: number, ...content: readonly Uint8Array[]): Der {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag, ...length(body.length)]), body]);
}

export const sequence = (...items: readonly Der[]) => der(0x30, ...items);
export const set = (...items: readonly Der[]) => der(0x31, ...items);
export const octets = (content: Uint8Array) => der(0x04, content);
export const utf8 = (text: string) => der(0x0c, Buffer.from(text));
export const TRUE = der(0x01, Buffer.from([0xff]));

/** A positive INTEGER, high byte first; the highest is neither 0 nor above 0x7f, where DER would want one more. */
export const integer = (...bytes: readonly number[]) => der(0x02, Buffer.from(bytes));

/** BIT STRING; `unused`: bits at the end that do not count. */
export const bits = (content: Uint8Array, unused = 0) => der(0x03, Buffer.from([unused]), content);

/** `2.5.29.17` */
export function oid(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return der(0x06, Buffer.from([40 * first + second, ...rest.flatMap(base128)]));
}

/** RFC 5280, 4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050. */
export function instant(at: Date): Der {
  const digits = at.toISOString().replaceAll(/[-:T]|\.\d+/g, "");
  return at.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits));
}

/** The four or sixteen bytes of an address. */
export function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split(".").map(Number));
  // The URL parser writes any form (`::ffff:1.2.3.4`) in groups of hexadecimal digits.
  const [left = "", right] = new URL(`http://[${address.split("%")[0]}]`).hostname.slice(1, -1).split("::");
  const groups = (text: string | undefined) => (text ? text.split(":") : []);
  const gap = Array<string>(8 - groups(left).length - groups(right).length).fill("0");
  return Buffer.from([...groups(left), ...gap, ...groups(right)].map((group) => group.padStart(4, "0")).join(""), "hex");
}

function length(bytes: number): number[] {
  if (bytes < 0x80) return [bytes];
  return bytes < 0x100 ? [0x81, bytes] : [0x82, bytes >> 8, bytes & 0xff];
}

function base128(number: number): number[] {
  const low = number & 0x7f;
  const high = number >> 7;
  return high === 0 ? [low] : [...base128(high).map((each) => each | 0x80), low];
}
