import { REDACTED, redactText } from "./redact.ts";
import { isSecretName } from "./secret-names.ts";

/** A header field as shown. */
export interface HeaderField {
  readonly name: string;
  readonly value: string;
}

/** Fields that carry credentials: neither shown nor looked at. Which API key it was, the request's `api_key_id` says. */
const CREDENTIALS = new Set(["authorization", "proxy-authorization", "cookie", "cookie2", "set-cookie", "set-cookie2"]);

/** The fields of a request, given as Node's `rawHeaders`: names and values in turn. In their order, without secrets. */
export function shownFields(raw: readonly string[]): HeaderField[] {
  const fields: HeaderField[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const [name, value] = [raw[at] as string, raw[at + 1] as string];
    if (CREDENTIALS.has(name.toLowerCase())) continue;
    fields.push({ name: redactText(name), value: isSecretName(name) ? REDACTED : redactText(value) });
  }
  return fields;
}

/** The names and values of the head of an answer: a status line, then one field a line. */
export function fieldsOfHead(head: string): string[] {
  return head
    .split("\r\n")
    .slice(1)
    .flatMap((line) => {
      const colon = line.indexOf(":");
      return colon === -1 ? [] : [line.slice(0, colon), line.slice(colon + 1).trim()];
    });
}

/** The values sent of one field (its name in lower case), joined as HTTP joins them; null for none. */
export function fieldValue(raw: readonly string[], name: string): string | null {
  const values = raw.filter((_, at) => at % 2 === 1 && raw[at - 1]?.toLowerCase() === name);
  return values.length === 0 ? null : values.join(", ");
}

/** All of them as one text, `name=value` a line. */
export function textOfFields(raw: readonly string[]): string {
  let text = "";
  for (let at = 0; at + 1 < raw.length; at += 2) text += `\n${raw[at]}=${raw[at + 1]}`;
  return text;
}
