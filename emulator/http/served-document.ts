/** A server as OpenAPI lists it. */
export interface ServerEntry {
  readonly url: string;
  readonly description?: string;
}

/** An OpenAPI document as text. */
interface DocumentText {
  /** JSON without spaces. */
  json(): string;
  /** The text as it is written. */
  yaml(): string;
  /** The servers that it lists. */
  readonly servers: readonly ServerEntry[];
}

/** UTF-8 with a gap. */
export type Cut = readonly [before: Buffer, after: Buffer];

/**
 * A document as it is served at an address: that is its first server, or generated clients and consoles would send keys to the production
 * host, which follows. The half megabyte is cut at its servers once, and not read, written or encoded again for each request.
 */
export class ServedDocument {
  readonly #text: DocumentText;
  #json: Cut | null = null;
  #yaml: Cut | null = null;

  constructor(text: DocumentText) {
    this.#text = text;
  }

  json(address: string): Buffer {
    // Nowhere else: within a string its quotes would be escaped.
    this.#json ??= cut(this.#text.json(), `"servers":${JSON.stringify(this.#text.servers)}`);
    return filled(this.#json, `"servers":${JSON.stringify(this.#serversAt(address))}`);
  }

  /** The rest of it is as it is written. */
  yaml(address: string): Buffer {
    this.#yaml ??= cutYaml(this.#text.yaml());
    const lines = this.#serversAt(address).flatMap((server) =>
      Object.entries(server).map(([name, value], place) => `${place === 0 ? "  - " : "    "}${name}: ${JSON.stringify(value)}\n`),
    );
    return filled(this.#yaml, `servers:\n${lines.join("")}`);
  }

  #serversAt(address: string): ServerEntry[] {
    return [{ url: address, description: "This sandbox" }, ...this.#text.servers.filter(({ url }) => url !== address)];
  }
}

/** Where clients reach what is served below `base`: as `--public-url` says, else where this request came to. */
export function addressOf(origin: string, base: "/v1" | "/_sandbox", publicUrl: string | null): string {
  return publicUrl === null ? `${origin}${base}` : publicUrl.replace(/\/v1$/, base);
}

/** A text without a part of it. Throws where it has no such part. */
export function cut(text: string, part: string): Cut {
  const at = part === "" ? -1 : text.indexOf(part);
  if (at === -1) throw new Error(`the text has no ${part || "servers"}`);
  return [Buffer.from(text.slice(0, at)), Buffer.from(text.slice(at + part.length))];
}

export function filled([before, after]: Cut, part: string): Buffer {
  return Buffer.concat([before, Buffer.from(part), after]);
}

function cutYaml(text: string): Cut {
  // What a block scalar holds is indented: only the document's own member begins a line.
  const [servers = ""] = /^servers:\n(?:[ -].*\n)+/m.exec(text) ?? [];
  return cut(text, servers);
}
