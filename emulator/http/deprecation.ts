/** What a document says of an operation that the next version leaves out. */
interface Deprecable {
  readonly operationId: string;
  readonly deprecated?: boolean;
  /** RFC 3339. */
  readonly "x-deprecated-at"?: string;
  /** RFC 3339. */
  readonly "x-sunset"?: string;
  readonly externalDocs?: { readonly url: string };
}

/**
 * The headers that every answer of a deprecated operation carries: `Deprecation` (RFC 9745), `Link` to what takes its place, and `Sunset`
 * (RFC 8594) once its end is set. None for any other operation. Throws if the document does not say since when.
 */
export function deprecationHeaders(operation: Deprecable): Readonly<Record<string, string>> {
  const { operationId, deprecated = false, externalDocs, "x-deprecated-at": since, "x-sunset": end } = operation;
  if (!deprecated) return {};
  if (since === undefined) throw new Error(`${operationId} is deprecated without x-deprecated-at`);
  return {
    Deprecation: `@${Math.floor(Date.parse(since) / 1000)}`,
    ...(externalDocs ? { Link: `<${externalDocs.url}>; rel="deprecation"` } : {}),
    ...(end === undefined ? {} : { Sunset: new Date(end).toUTCString() }),
  };
}
