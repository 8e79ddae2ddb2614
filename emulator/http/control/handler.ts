import type { Request, Response } from "express";
import type { operations } from "../../../spec/control-types.ts";

export type ControlId = keyof operations;

type Parameters<Id extends ControlId, In extends "path" | "query"> = operations[Id]["parameters"] extends { [K in In]?: infer P }
  ? NonNullable<P>
  : Record<never, never>;
type Body<Id extends ControlId> = operations[Id] extends { requestBody: { content: { "application/json": infer B } } }
  ? B
  : operations[Id] extends { requestBody?: { content: { "application/json": infer B } } }
    ? B | undefined
    : undefined;
type Data<Id extends ControlId> = Extract<
  {
    [S in keyof operations[Id]["responses"]]: operations[Id]["responses"][S] extends { content: { "application/json": infer A } }
      ? A
      : never;
  }[keyof operations[Id]["responses"]],
  { data: unknown }
>["data"];

/** A validated call of an operation of spec/control.yaml. */
export interface ControlCall<Id extends ControlId> {
  readonly params: Parameters<Id, "path">;
  readonly query: Parameters<Id, "query">;
  readonly body: Body<Id>;
  /** For what is read or answered in pieces. */
  readonly req: Request;
}

/** An answer in the envelope. */
export interface ControlReply<Id extends ControlId> {
  /** Default 200. */
  readonly status?: 201;
  readonly data: Data<Id>;
  readonly message: string;
}

/** An answer without an envelope. */
export interface RawReply {
  readonly type: string;
  readonly body: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that is sent in pieces. */
export interface StreamReply {
  stream(res: Response): void | Promise<void>;
}

type Answer<Id extends ControlId> = ControlReply<Id> | RawReply | StreamReply;

export type ControlHandler<Id extends ControlId> = (call: ControlCall<Id>) => Answer<Id> | Promise<Answer<Id>>;

/** The handlers of the named operations. */
export type ControlHandlers<Ids extends ControlId> = { readonly [Id in Ids]: ControlHandler<Id> };

/** `1 request`, `2 requests` */
export function counted(count: number, noun: string): string {
  return `${count} ${count === 1 ? noun : `${noun}s`}`;
}
