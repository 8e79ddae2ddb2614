import { isSecretName } from "./secret-names.ts";

/**
 * What no log shows: API keys and webhook secrets, wherever a client has put them. A slash may be written as `~1` in a JSON pointer.
 * `gets_id`, a member's name, is none of them.
 */
const SECRETS = /gets(?:_|%5f)(?:test|live)(?:_|%5f)[\w%]*|whsec(?:_|%5f)[\w+/=%~-]*/gi;

/** A letter, digit or underscore that is percent-encoded in a URL, more than once too. */
const ENCODED = /%(?:25)*(3\d|[46][1-9a-f]|[57][0-9a]|5f)/gi;

/** A parameter of a query or form: a URL may stand anywhere in a text, and a query alone. */
const PARAMETER = /(^|[?&;])([^=&?;#\s"]{1,200})=([^&;#\s"]*)/g;

/** A member's name in JSON, with the colon behind it. */
const MEMBER = /"([^"\\]{1,200})"\s*:\s*/g;

/** Escapes of visible characters, but for quotes and backslashes, whose place in JSON would change with them. */
const ESCAPED = /\\u00(2[013-9a-f]|[346][0-9a-f]|5[0-9abdef]|7[0-9a-e])/gi;

export const REDACTED = "[redacted]";

export function redactText(text: string): string {
  return withoutParameters(readable(text).replace(SECRETS, REDACTED));
}

/** The same JSON value without its secrets, in names of members too. */
export function redactJson(value: unknown): unknown {
  if (typeof value === "string") return redactText(value);
  if (Array.isArray(value)) return value.map(redactJson);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [redactText(name), isSecretName(name) && each !== null ? REDACTED : redactJson(each)]),
  );
}

/** For JSON that does not parse, cut or malformed: a secret may be written in escapes there. */
export function redactJsonText(text: string): string {
  const plain = text.replace(ESCAPED, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
  return redactText(withoutMembers(plain));
}

/** With letters for their percent-encoding where a secret comes to light by that; otherwise as it is. */
function readable(text: string): string {
  if (!text.includes("%")) return text;
  const decoded = text.replace(ENCODED, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
  return decoded.search(SECRETS) === -1 ? text : decoded;
}

function withoutParameters(text: string): string {
  if (!text.includes("=")) return text;
  return text.replace(PARAMETER, (whole, before, name, value) =>
    isSecretName(name) && value !== "" ? `${before}${name}=${REDACTED}` : whole,
  );
}

function withoutMembers(text: string): string {
  let shown = "";
  let from = 0;
  for (const { 0: member, 1: name = "", index } of text.matchAll(MEMBER)) {
    if (index < from || !isSecretName(name)) continue;
    shown += `${text.slice(from, index)}${member}"${REDACTED}"`;
    from = endOfValue(text, index + member.length);
  }
  return shown + text.slice(from);
}

/** Where the JSON value that begins here ends: at the end of the text, if it is cut. */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text[at] as string;
    if (character === '"') {
      at = endOfString(text, at);
      if (depth === 0) return Math.min(at + 1, text.length);
    } else if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (character === "," || character === "\n")) return at;
  }
  return text.length;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}
