/** Reading what the badge contract says of a badge, as strictly as the standards are written. */

export interface Metadata {
  readonly name: string;
  readonly description: string;
  readonly image: string;
  readonly attributes: readonly { readonly trait_type: string; readonly value: string }[];
  readonly external_url?: string;
}

/** The metadata in a `tokenURI`. Throws unless it is base64 of RFC 4648 with UTF-8 and JSON in it. */
export function metadataIn(uri: string): Metadata {
  return JSON.parse(dataIn(uri, "application/json"));
}

/** The SVG in `image`. */
export function pictureIn({ image }: Metadata): string {
  return dataIn(image, "image/svg+xml");
}

export function traitsOf({ attributes }: Metadata): Record<string, string> {
  return Object.fromEntries(attributes.map(({ trait_type, value }) => [trait_type, value]));
}

/** A text as it stands in XML: markup escaped, line breaks as spaces, and U+FFFD for what XML 1.0 cannot hold. */
export function xmlText(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };
  return shownInXml(text).replace(/[&<>"']/g, (char) => entities[char] as string);
}

/** A text as an XML parser gives it back. */
export function shownInXml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
  return text.replace(/[\t\n\r]/g, " ").replace(/[\0-\x1f\ufffe\uffff]/g, "\ufffd");
}

/** Titles that break what was not built for them; up to the 45 characters that the API allows. */
export const HARD_TITLES: readonly string[] = [
  "The Tech Shaman",
  "A",
  " ",
  " two  spaces ",
  `"quoted" 'twice' \\ and \\" back`,
  "<script>alert(1)</script>",
  "</title></svg><!-- & --> &amp; ]]>",
  '{"name":"other"}","name":"x',
  String.fromCharCode(...Array(32).keys(), 0x7f, 0x85, 0xa0),
  "\u2028\u2029\ufffe\uffff\ufeff\u202e",
  "\ud83d\udc69\u200d\ud83d\udc69\u200d\ud83d\udc67 Team player \ud83d\udc4d\ud83c\udffd \ud83c\udde9\ud83c\uddea",
  "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645",
  "Z\u0337a\u0338l\u0335g\u0336o\u0338",
  "\u{10ffff}\u{1fffe}",
  "W".repeat(45),
  "i".repeat(45),
  "\u6f22".repeat(45),
  "\u{1f600}".repeat(45),
  "\u0001".repeat(45),
  "&".repeat(45),
  "Certified Associate in Advanced Data Analysis",
];

function dataIn(uri: string, type: string): string {
  const head = `data:${type};base64,`;
  if (!uri.startsWith(head)) throw new Error(`not ${head}: ${uri.slice(0, 60)}`);
  const bytes = Buffer.from(uri.slice(head.length), "base64");
  if (bytes.toString("base64") !== uri.slice(head.length)) throw new Error("not base64 as RFC 4648 writes it");
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}
