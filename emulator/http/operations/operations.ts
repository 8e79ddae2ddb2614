import type { Achievements } from "../../services/achievements.ts";
import type { Awards } from "../../services/awards.ts";
import type { Badges } from "../../services/badges.ts";
import type { Credentials } from "../../services/credentials.ts";
import type { Deliveries } from "../../services/deliveries.ts";
import type { Erasure } from "../../services/erasure.ts";
import type { Keys } from "../../services/keys.ts";
import type { Pictures } from "../../services/pictures.ts";
import type { UserProgress } from "../../services/progress.ts";
import type { Tokens } from "../../services/tokens.ts";
import type { Users } from "../../services/users.ts";
import type { Verifier } from "../../services/verification.ts";
import type { WebhookEndpoints } from "../../services/webhook-endpoints.ts";
import type { ApiDocument } from "../document.ts";
import { achievementOperations } from "./achievements.ts";
import { awardOperations, type ShowAward } from "./awards.ts";
import { badgeOperations } from "./badges.ts";
import { credentialOperations } from "./credentials.ts";
import { eventOperations } from "./events.ts";
import { allOperations, type Operations } from "./handler.ts";
import { keyOperations } from "./keys.ts";
import { type MetaFacts, metaOperations } from "./meta.ts";
import { tokenOperations } from "./tokens.ts";
import { userOperations } from "./users.ts";
import { verificationOperations } from "./verification.ts";
import { webhookOperations } from "./webhooks.ts";

/** What the operations ask. */
interface Nouns {
  readonly users: Users;
  readonly erasure: Erasure;
  readonly tokens: Tokens;
  readonly badges: Badges;
  readonly awards: Awards;
  readonly showAward: ShowAward;
  readonly verifier: Verifier;
  readonly achievements: Achievements;
  readonly progress: UserProgress;
  readonly credentials: Credentials;
  readonly pictures: Pictures;
  readonly endpoints: WebhookEndpoints;
  readonly deliveries: Deliveries;
  readonly keys: Keys;
  readonly document: ApiDocument;
  readonly facts: MetaFacts;
  /** Of `--public-url`; null for wherever a request came to. */
  readonly publicUrl: string | null;
}

/** Every operation of the document, a tag a line. */
export function operationsOf(nouns: Nouns): Operations {
  const { users, erasure, tokens, badges, awards, showAward, achievements, progress } = nouns;
  return allOperations([
    userOperations(users, erasure),
    tokenOperations(tokens, users),
    badgeOperations(badges, awards, showAward),
    awardOperations(awards, users, showAward),
    verificationOperations(nouns.verifier),
    achievementOperations(achievements, progress, users),
    credentialOperations(awards, nouns.credentials, nouns.pictures),
    eventOperations(),
    webhookOperations(nouns.endpoints, nouns.deliveries),
    keyOperations(nouns.keys),
    metaOperations(nouns.document, nouns.facts, nouns.publicUrl),
  ]);
}
