/** Most bytes of a request's head. Fewer than a TLS record has, so that a target that is longer is in the first packet. */
export const HEAD_LIMIT = 16_000;

/** What every server has to take (RFC 9110, 4.1). */
const USUAL_URI = 8000;

/** Whether a head that is too long has an unusually long request line: then it is the target that was too long. */
export function isUriTooLong(packet: Buffer | undefined): boolean {
  const text = packet?.toString("latin1", 0, HEAD_LIMIT) ?? "";
  const end = text.indexOf("\n");
  return /^[A-Z]{1,20} \S/.test(text) && (end === -1 ? text.length : end) > USUAL_URI;
}
