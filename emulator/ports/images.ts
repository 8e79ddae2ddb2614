/** What a badge picture shows. */
export interface BadgePicture {
  readonly title: string;
  /** The GETS ID, printed below. */
  readonly gets_id: string;
  readonly sponsor: string;
  /** The level's name and rank (0 is the first); null for a badge without levels. */
  readonly level: { readonly name: string; readonly rank: number } | null;
  /** What the QR code says. */
  readonly url: string;
  /** The template's own picture (PNG); null for a generated one. */
  readonly own: Buffer | null;
  /** The compact JWT to bake in as `iTXt` with the keyword `openbadgecredential` (Open Badges 3.0 §5.3.1); null for none. */
  readonly credential: string | null;
}

/** Pictures of badges. Contract suite: test/ports/images.ts. */
export interface Images {
  /** A PNG. The same input gives the same bytes. */
  render(picture: BadgePicture): Promise<Buffer>;
  /** Whether these bytes are a PNG that can be read to its end. */
  isPng(bytes: Buffer): Promise<boolean>;
}
