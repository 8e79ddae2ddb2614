import type { Json } from "./document.ts";

/** The id of a run: unique, whatever the seed. */
export const RUN_ID = /^c[0-9a-z]{8,9}[0-9a-f]{6}$/;

/** How a run is named in what it makes: `conformance c…`, in a description, a name or a reason. */
export const markOf = (runId: string) => `conformance ${runId}`;

/** The beginning of e-mail addresses and codes of a run: an achievement has no other room for a mark, and a check may write to any member. */
export const nameOf = (runId: string, word: string | number) => `conf-${runId}-${word}`;

/** Something that a run makes and that outlives it when the run is killed: where it is listed, how its run is known, how it is taken away. */
export interface Kind {
  readonly one: string;
  readonly many: string;
  readonly list: string;
  /** The path parameter that holds its id. */
  readonly parameter: string;
  isOf(item: Json, runId: string): boolean;
  /** Whether nothing is to be done any more. */
  isGone(item: Json): boolean;
  readonly take: string;
  readonly body?: Json;
  /** What it is afterwards. */
  readonly done: string;
  /** Why it is listed for ever; null when it is not. */
  readonly stays: string | null;
}

const inMetadata = ({ metadata }: Json, runId: string) => (metadata as Json | undefined)?.conformance_run === runId;
const never = () => false;

/** In the order in which they are taken away: receivers first, so that none is told of the rest; what others are made of later. */
export const KINDS: readonly Kind[] = [
  {
    one: "webhook endpoint",
    many: "webhook endpoints",
    list: "listWebhookEndpoints",
    parameter: "webhook_endpoint_id",
    isOf: ({ description }, runId) => String(description).startsWith(markOf(runId)),
    isGone: never,
    take: "deleteWebhookEndpoint",
    done: "deleted",
    stays: null,
  },
  {
    one: "badge",
    many: "badges",
    list: "listBadges",
    parameter: "badge_id",
    isOf: inMetadata,
    isGone: ({ status }) => status === "archived",
    take: "archiveBadge",
    done: "archived",
    stays: "badges are archived, not deleted: awards of them can still be verified",
  },
  {
    one: "achievement",
    many: "achievements",
    list: "listAchievements",
    parameter: "achievement_id",
    isOf: ({ code }, runId) => String(code).startsWith(nameOf(runId, "")),
    isGone: ({ status }) => status === "retired",
    take: "updateAchievement",
    body: { status: "retired" },
    done: "retired",
    stays: "achievements are retired, not deleted: progress in them can still be read",
  },
  {
    one: "user",
    many: "users",
    list: "listUsers",
    parameter: "user_id",
    isOf: (item, runId) => inMetadata(item, runId) || String(item.email).startsWith(nameOf(runId, "")),
    isGone: ({ status }) => status === "deleted",
    take: "deleteUser",
    done: "deleted",
    stays: null,
  },
  {
    one: "API key",
    many: "API keys",
    list: "listApiKeys",
    parameter: "api_key_id",
    isOf: ({ name }, runId) => String(name).startsWith(markOf(runId)),
    isGone: ({ revoked_at }) => revoked_at !== null && revoked_at !== undefined,
    take: "deleteApiKey",
    done: "revoked",
    stays: null,
  },
];
