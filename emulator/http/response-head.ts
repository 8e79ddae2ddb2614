import type { ServerResponse } from "node:http";

/**
 * Status line and header fields of an answer, one a line: as Node has written them, which morgan and on-headers look at too, or as they
 * would be for an answer that is not sent.
 */
export function headOf(res: ServerResponse): string {
  const { _header: written } = res as unknown as { readonly _header?: string | null };
  if (written) return written;
  const fields = Object.entries(res.getHeaders()).flatMap(([name, value]) => [value ?? []].flat().map((each) => `${name}: ${each}`));
  return [`HTTP/1.1 ${res.statusCode}`, ...fields].join("\r\n");
}
