import type { operations } from "../../../spec/types.ts";
import type { ApiKeyRecord } from "../../model/api-key.ts";
import { ApiError } from "../../model/errors.ts";
import type { Unit, UnitOfWork } from "../../ports/unit-of-work.ts";
import { etagOf, names } from "../etag.ts";

type OperationId = keyof operations;

type Parameters<Id extends OperationId, In extends "path" | "query"> = operations[Id]["parameters"] extends { [K in In]?: infer P }
  ? NonNullable<P>
  : Record<never, never>;
type Body<Id extends OperationId> = operations[Id] extends { requestBody?: { content: infer Content } }
  ? Content[keyof Content]
  : undefined;

/** A validated call of an operation. */
export interface Read<Id extends OperationId> {
  readonly params: Parameters<Id, "path">;
  readonly query: Parameters<Id, "query">;
  readonly body: Body<Id>;
  /** The API key in use; absent on public operations. */
  readonly key: ApiKeyRecord | null;
  readonly world: UnitOfWork;
  /** The media type to answer with: of those that the operation has, the one that Accept prefers. */
  readonly type: string | undefined;
}

/** A call that changes something: it runs inside a unit of work. */
export interface Write<Id extends OperationId> extends Read<Id> {
  readonly unit: Unit;
  /** Throws PRECONDITION_FAILED if the caller's If-Match does not name the object as it is now. */
  ifMatch(current: object): void;
}

/** What an operation answers; the envelope, ETag and headers follow from it. */
export interface Reply {
  readonly status: 200 | 201 | 202 | 204;
  readonly data: unknown;
  readonly message: string;
  /** Path of the created object, below the base URL. */
  readonly location?: string;
  /** The data with secrets blanked: what a replay answers. Such an answer is never cached. */
  readonly withoutSecrets?: unknown;
  /** Ids of the users whose personal data the answer may hold. */
  readonly subjects?: readonly string[];
}

/** An answer without an envelope: a document, a page, an image. */
export interface RawReply {
  readonly type: string;
  /** As a function: of the origin that the request came to, such as `http://127.0.0.1:4010`. */
  readonly body: string | Buffer | ((origin: string) => Buffer);
  readonly headers?: Readonly<Record<string, string>>;
}

export type ReadHandler<Id extends OperationId> = (call: Read<Id>) => Reply | RawReply | Promise<Reply | RawReply>;
export type WriteHandler<Id extends OperationId> = (call: Write<Id>) => Reply | Promise<Reply>;

/** The handlers of the named operations: reads open no unit, writes run in one. */
export type Reads<Ids extends OperationId> = { readonly [Id in Ids]: ReadHandler<Id> };
export type Writes<Ids extends OperationId> = { readonly [Id in Ids]: WriteHandler<Id> };

/** All operations by id, as the application mounts them. */
export interface Operations {
  readonly reads: Readonly<Record<string, ReadHandler<never>>>;
  readonly writes: Readonly<Record<string, WriteHandler<never>>>;
}

/** The operations of all tags together. */
export function allOperations(tags: readonly { readonly reads: object; readonly writes: object }[]): Operations {
  return {
    reads: Object.assign({}, ...tags.map(({ reads }) => reads)),
    writes: Object.assign({}, ...tags.map(({ writes }) => writes)),
  };
}

export function ok(data: unknown, message: string): Reply {
  return { status: 200, data, message };
}

/** The `ifMatch` of a write, for a request's If-Match field. */
export function precondition(field: string | undefined): (current: object) => void {
  return (current) => {
    if (field === undefined || names(field, etagOf(current), "strong")) return;
    throw new ApiError("PRECONDITION_FAILED", "The object has changed since the ETag in If-Match; read it again.");
  };
}
