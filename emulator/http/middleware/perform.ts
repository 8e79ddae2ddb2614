import type { Request, RequestHandler, Response } from "express";
import type { ApiError } from "../../model/errors.ts";
import type { IdempotencyRecord } from "../../model/idempotency.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Unit, UnitOfWork } from "../../ports/unit-of-work.ts";
import { type Call, callOf, header, requestOrigin } from "../call.ts";
import { endOfTurn } from "../end-of-turn.ts";
import { errorEnvelope, statusOf, toApiError } from "../envelope.ts";
import { etagOf, names, successJson } from "../etag.ts";
import { type Claim, Idempotency, ifMatchOf, KEPT_MS } from "../idempotency.ts";
import { precondition, type RawReply, type Read, type ReadHandler, type Reply, type WriteHandler } from "../operations/handler.ts";

/** An answer ready to be sent, and kept under an Idempotency-Key. */
interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

interface Performance {
  readonly world: UnitOfWork;
  readonly clock: Clock;
  readonly idempotency: Idempotency;
}

/** Runs a read: no unit, last committed state. A read that is a POST keeps its answer under an Idempotency-Key, if one is sent. */
export function performRead(stage: Performance, handler: ReadHandler<never>): RequestHandler {
  const { world } = stage;
  return async function read(req, res) {
    const call = callOf(res);
    const claim = claimOf(req, call);
    if (claim) return send(res, await once(stage, call, claim, () => readAndKeep(call, claim)));
    const reply = await handler(readOf(call, world) as never);
    await endOfTurn();
    if ("type" in reply) return sendRaw(res, reply);
    const answer = answerOf(reply, call);
    const etag = answer.headers.ETag;
    const asked = header(req, "if-none-match");
    if (etag && asked && names(asked, etag, "weak")) return send(res, { status: 304, headers: answer.headers, body: null });
    send(res, answer);
  };

  /** It has no effect that its record would have to be one with: it runs first, and only its record is a unit. */
  async function readAndKeep(call: Call, claim: Claim): Promise<Answer> {
    const reply = (await handler(readOf(call, world) as never)) as Reply;
    const { requestId, epoch } = call;
    await world.run({ requestId, epoch }, (unit) => keep(unit, claim, reply, call));
    return answerOf(reply, call);
  }
}

/** Runs a write in a unit of work, once for each Idempotency-Key. */
export function performWrite(stage: Performance, handler: WriteHandler<never>): RequestHandler {
  const { world } = stage;
  return async function write(req, res) {
    const call = callOf(res);
    const { requestId, epoch } = call;
    const claim = claimOf(req, call);
    const work = () =>
      world.run({ requestId, epoch }, async (unit) => {
        call.passed.unit = performance.now();
        const read = readOf(call, world);
        const reply = await handler({ ...read, unit, ifMatch: precondition(ifMatchOf(req)) } as never);
        if (claim) keep(unit, claim, reply, call);
        return answerOf(reply, call);
      });
    send(res, await once(stage, call, claim, work));
  };
}

function claimOf(req: Request, call: Call): Claim | null {
  return call.operation.takesIdempotencyKey ? Idempotency.claim(req, call) : null;
}

/** The answer kept under the Idempotency-Key, or else that of `work`, which keeps its own; a refusal by a rule is kept here. */
async function once(stage: Performance, call: Call, claim: Claim | null, work: () => Promise<Answer>): Promise<Answer> {
  if (!claim) {
    call.passed.idempotency = performance.now();
    return work();
  }
  call.idempotencyId = claim.id;
  const { world, clock, idempotency } = stage;
  const kept = idempotency.reserve(world.records, claim, clock.now());
  call.passed.idempotency = performance.now();
  if (kept) return { ...kept, headers: { ...kept.headers, "Idempotent-Replayed": "true" } };
  try {
    return await work();
  } catch (thrown) {
    const error = toApiError(thrown);
    if (isStorable(error)) {
      // The unit was undone; a line of its own keeps the refusal.
      const { requestId, epoch } = call;
      const answer = refusalOf(error, requestId);
      await world.run({ requestId, epoch }, (unit) => unit.put("idempotency", recordOf(claim, answer, [], unit.now)));
    }
    throw thrown;
  } finally {
    idempotency.release(claim);
  }
}

function keep(unit: Unit, claim: Claim, reply: Reply, call: Call): void {
  unit.put("idempotency", recordOf(claim, keptAnswer(reply, call), reply.subjects ?? [], unit.now));
}

function readOf(call: Call, world: UnitOfWork): Read<never> {
  return {
    params: call.params as never,
    query: call.query as never,
    body: call.body as never,
    key: call.key,
    world,
    type: call.type,
  };
}

function answerOf(reply: Reply, { operation }: Call): Answer {
  if (reply.status === 204) return { status: 204, headers: {}, body: null };
  const secret = reply.withoutSecrets !== undefined;
  const etag = operation.etags.has(reply.status) ? { ETag: etagOf((reply.withoutSecrets ?? reply.data) as object) } : {};
  const cache = "ETag" in etag && !secret ? { "Cache-Control": "private, no-cache" } : {};
  const location = reply.location ? { Location: `/v1${reply.location}` } : {};
  return {
    status: reply.status,
    headers: { ...etag, ...cache, ...location },
    body: successJson(reply.data, reply.message),
  };
}

function keptAnswer(reply: Reply, call: Call): Answer {
  return reply.withoutSecrets === undefined ? answerOf(reply, call) : answerOf({ ...reply, data: reply.withoutSecrets }, call);
}

function refusalOf(error: ApiError, requestId: string): Answer {
  return { status: statusOf(error), headers: error.headers, body: JSON.stringify(errorEnvelope(error, requestId)) };
}

/** Refusals by a rule are kept; what may be otherwise next time is not. */
function isStorable(error: ApiError): boolean {
  const { code } = error;
  return [404, 409, 422].includes(statusOf(error)) && code !== "SANDBOX_RESET" && !code.startsWith("IDEMPOTENCY_");
}

function recordOf(claim: Claim, answer: Answer, subjects: readonly string[], now: number): IdempotencyRecord {
  return { id: claim.id, payload: claim.payload, ...answer, subjects, expires_at: now + KEPT_MS };
}

function send(res: Response, { status, headers, body }: Answer): void {
  res.status(status);
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  if (body === null) {
    res.end();
    return;
  }
  res.setHeader("Content-Type", "application/json; charset=utf-8");
  res.setHeader("Content-Length", Buffer.byteLength(body));
  res.end(body);
}

function sendRaw(res: Response, { type, body: made, headers = {} }: RawReply): void {
  const body = typeof made === "function" ? made(requestOrigin(res.req)) : made;
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  res.setHeader("Content-Type", type.startsWith("text/") || type === "application/yaml" ? `${type}; charset=utf-8` : type);
  res.setHeader("Content-Length", Buffer.byteLength(body));
  res.end(body);
}
