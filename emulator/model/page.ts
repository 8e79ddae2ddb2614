/** One page of a list, newest first. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly has_more: boolean;
  /** Opaque; null on the last page. */
  readonly next_cursor: string | null;
}

export interface PageQuery {
  /** 1–100, default 20. */
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}
