/**
 * What no log shows: API keys and webhook secrets, wherever a client has put them. An underscore may be percent-encoded in a URL, a
 * slash written as `~1` in a JSON pointer.
 * `gets_id`, a member's name, is none of them.
 */
const SECRETS = /gets(?:_|%5f)(?:test|live)(?:_|%5f)[\w%]*|whsec(?:_|%5f)[\w+/=%~-]*/gi;

/** Members whose value is a secret whatever it looks like. */
const SECRET_MEMBERS = /^(x-)?(secret|authorization|password|api[_-]?key)$/i;

export const REDACTED = "[redacted]";

/** Whether a member or header field of this name holds a secret. */
export function isSecretMember(name: string): boolean {
  return SECRET_MEMBERS.test(name);
}

export function redactText(text: string): string {
  return text.replace(SECRETS, REDACTED);
}

/** The same JSON value without its secrets, in names of members too. */
export function redactJson(value: unknown): unknown {
  if (typeof value === "string") return redactText(value);
  if (Array.isArray(value)) return value.map(redactJson);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      redactText(name),
      typeof each === "string" && isSecretMember(name) ? REDACTED : redactJson(each),
    ]),
  );
}

/** For JSON that does not parse, cut or malformed: a secret may be written in escapes there. */
export function redactJsonText(text: string): string {
  return redactText(text.replace(/\\u00([2-7][0-9a-f])/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16))));
}
