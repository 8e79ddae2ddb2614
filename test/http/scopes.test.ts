/** Each operation of the document with a key of every scope but its own, and of its own alone. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newKey, refusal, type World, world } from "../support/client.ts";
import { at, type DocumentedOperation, operations } from "../support/contract.ts";

const ALL = (at("/components/schemas/Scope").value as { enum: string[] }).enum;

/** Written out by hand, so that the document cannot change unnoticed. */
const NEEDED: Record<string, string[] | null> = {
  createUser: ["users:write"],
  listUsers: ["users:read"],
  getUser: ["users:read"],
  updateUser: ["users:write"],
  deleteUser: ["users:write"],
  getUserBalance: ["tokens:read"],
  getToken: ["tokens:read"],
  mintTokens: ["tokens:mint"],
  transferTokens: ["tokens:transfer"],
  burnTokens: ["tokens:mint"],
  listTokenTransactions: ["tokens:read"],
  getTokenTransaction: ["tokens:read"],
  createBadge: ["badges:write"],
  listBadges: ["badges:read"],
  getBadge: ["badges:read"],
  updateBadge: ["badges:write"],
  publishBadge: ["badges:write"],
  archiveBadge: ["badges:write"],
  issueBadge: ["awards:write"],
  applyForBadge: ["awards:write"],
  listAwards: ["awards:read"],
  listUserAwards: ["awards:read"],
  getAward: ["awards:read"],
  approveAward: ["awards:write"],
  rejectAward: ["awards:write"],
  claimAward: ["awards:write"],
  revokeAward: ["awards:write"],
  getAwardImage: ["awards:read"],
  getAwardCredential: ["awards:read"],
  verifyBadge: ["awards:read"],
  verifyByGetsId: null,
  getJwks: null,
  getJwk: null,
  getIssuer: null,
  getCredentialRevocations: null,
  createWebhookEndpoint: ["webhooks:write"],
  listWebhookEndpoints: ["webhooks:read"],
  getWebhookEndpoint: ["webhooks:read"],
  updateWebhookEndpoint: ["webhooks:write"],
  deleteWebhookEndpoint: ["webhooks:write"],
  rotateWebhookSecret: ["webhooks:write"],
  testWebhookEndpoint: ["webhooks:write"],
  listWebhookDeliveries: ["webhooks:read"],
  redeliverWebhook: ["webhooks:write"],
  createAchievement: ["achievements:write"],
  listAchievements: ["achievements:read"],
  getAchievement: ["achievements:read"],
  updateAchievement: ["achievements:write"],
  listUserAchievements: ["achievements:read"],
  getUserAchievement: ["achievements:read"],
  recordProgress: ["achievements:write"],
  listEvents: ["events:read"],
  getEvent: ["events:read"],
  createApiKey: ["keys:write"],
  listApiKeys: ["keys:read"],
  getCurrentApiKey: [],
  getApiKey: ["keys:read"],
  deleteApiKey: ["keys:write"],
  rollApiKey: ["keys:write"],
  getHealth: null,
  getMeta: null,
  getOpenApiJson: null,
  getOpenApiYaml: null,
  getDocs: null,
};

let here: World;
const keys = new Map<string, string>();
beforeAll(async () => {
  here = await world();
  for (const scope of ALL) {
    keys.set(scope, (await newKey(here.api, [scope])).secret);
    keys.set(
      `not ${scope}`,
      (
        await newKey(
          here.api,
          ALL.filter((each) => each !== scope),
        )
      ).secret,
    );
  }
});
afterAll(() => here.sandbox.close());

it("the document says so", () => {
  expect(Object.fromEntries(operations.map(({ id, scopes }) => [id, scopes]))).toEqual(NEEDED);
});

describe.each(operations.filter(({ scopes }) => scopes?.length === 1).map((operation) => [operation.id, operation] as const))(
  "%s",
  (_id, operation) => {
    const [scope] = operation.scopes as [string];
    const call = ({ method, path }: DocumentedOperation, key: string | undefined) =>
      here.api.as(key ?? null)[method.toLowerCase() as "get"](path.replaceAll(/\{\w+\}/g, "nobody"));

    it(`is refused with every scope but ${scope}, which the challenge names`, async () => {
      const answer = await call(operation, keys.get(`not ${scope}`)).expect(refusal("INSUFFICIENT_SCOPE"));
      expect(answer.headers["www-authenticate"]).toBe(`Bearer realm="getstoken", error="insufficient_scope", scope="${scope}"`);
      expect(answer.body.error.details).toEqual([expect.objectContaining({ required: scope })]);
    });

    it(`is served with ${scope} alone`, async () => {
      const answer = await call(operation, keys.get(scope));
      expect([401, 403]).not.toContain(answer.status);
    });
  },
);

it("a key of no matter which scope may ask about itself", async () => {
  for (const scope of ALL) {
    const { body } = await here.api
      .as(keys.get(scope) ?? null)
      .get("/api-keys/current")
      .expect(200);
    expect(body.data.scopes).toEqual([scope]);
  }
});

it("a refused key changes nothing", async () => {
  const before = await here.api.get("/events?limit=1");
  await here.api
    .as(keys.get("users:read") ?? null)
    .post("/users", { email: "no@example.com", display_name: "No" })
    .expect(403);
  expect((await here.api.get("/events?limit=1")).body.data).toEqual(before.body.data);
  expect((await here.api.get("/users?email=no@example.com")).body.data.items).toEqual([]);
});
