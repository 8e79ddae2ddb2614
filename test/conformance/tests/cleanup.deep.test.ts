/** What a run that was killed has left behind is found by its id and taken away; nothing else is. */
import { beforeAll, describe, expect, it, vi } from "vitest";
import { background } from "../../support/processes.ts";
import { KINDS } from "../kit/made.ts";
import { ground } from "./ground.ts";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const here = ground();

async function api(method: string, path: string, json?: unknown) {
  const headers = { Authorization: `Bearer ${here.sandbox.apiKey}`, "Content-Type": "application/json" };
  const answer = await fetch(here.baseUrl + path, { method, headers, ...(json ? { body: JSON.stringify(json) } : {}) });
  return (await answer.json()) as { data: { id: string; items: Record<string, unknown>[] } };
}

const PATHS = {
  "webhook endpoint": "/webhook-endpoints",
  badge: "/badges",
  achievement: "/achievements",
  user: "/users",
  "API key": "/api-keys",
};

/** Ids of what is there and not yet archived, retired, deleted or revoked. */
async function present(kind: (typeof KINDS)[0]): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: unknown = ""; cursor !== null; ) {
    const path = PATHS[kind.one as keyof typeof PATHS];
    const { data } = await api("GET", `${path}?limit=100${cursor === "" ? "" : `&cursor=${cursor}`}`);
    ids.push(...data.items.filter((item) => !kind.isGone(item)).map(({ id }) => String(id)));
    cursor = (data as { next_cursor?: unknown }).next_cursor ?? null;
  }
  return ids;
}

const presence = async () =>
  Object.fromEntries(await Promise.all(KINDS.map(async (kind) => [kind.many, (await present(kind)).sort()] as const)));

describe("after a run was killed", () => {
  let before: Record<string, string[]>;
  let runId: string;

  beforeAll(async () => {
    await somebodyElses("nobody's run");
    await somebodyElses("conformance cmwqmhkyr0a1b2c");
    before = await presence();
    const flags = ["--profile", "full", "--webhook-receiver", "loopback", "--skip", "HOOK-05", "--budget", "5000", "--verbose"];
    const run = background(["conformance", "--base-url", here.baseUrl, "--api-key", "env:KEY", ...flags], {
      cwd: here.folder,
      env: { KEY: here.sandbox.apiKey },
    });
    // All that is made is made by then; what judges the traffic comes later, and the cleanup last.
    await run.until("STATE-01");
    const { code, stderr } = await run.stop("SIGKILL");
    expect(code).toBeNull();
    runId = /cleanup --run-id (\S+)/.exec(stderr)?.[1] ?? "";
  });

  /** One of each kind that the run must leave alone. */
  async function somebodyElses(name: string) {
    const run = name.replace("conformance ", "");
    const user = {
      display_name: "Ada",
      type: "organization",
      roles: ["sponsor"],
      organization: { name: "Engines", website: "https://engines.example", audience: "all" },
    };
    const { data } = await api("POST", "/users", {
      ...user,
      email: `${run.replaceAll(/\W/g, "")}@example.com`,
      metadata: { conformance_run: run },
    });
    const badge = {
      sponsor_id: data.id,
      title: "A badge",
      description: "Of somebody.",
      criteria: { narrative: "Be." },
      reward: { amount: "1" },
    };
    await api("POST", "/badges", { ...badge, metadata: { conformance_run: run } });
    const mission = {
      name: "A mission",
      description: "Of somebody.",
      kind: "mission",
      requirements: [{ id: "one", name: "One", target: 1 }],
    };
    await api("POST", "/achievements", { ...mission, code: `conf-${run.toLowerCase().replaceAll(/\W/g, "-")}-x` });
    await api("POST", "/webhook-endpoints", { url: "https://example.com/hook", enabled_events: ["webhook.test"], description: name });
    await api("POST", "/api-keys", { name, scopes: ["users:read"] });
  }

  it("there is something of each kind to take away", async () => {
    const now = await presence();
    for (const { many } of KINDS) expect(now[many]?.length, many).toBeGreaterThan(before[many]?.length ?? 0);
  });

  it("cleanup takes it all away, says what stays and why, and touches nothing else", async () => {
    const { code, stdout, stderr } = await here.conformance("cleanup", "--run-id", runId);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /^Run c\w+: \d+ webhook endpoints? deleted, \d+ badges archived, \d+ achievements retired, \d+ users deleted, \d+ API keys? revoked\.$/m,
    );
    expect(stdout).toMatch(/^ {2}stays: badge bdg_\w+: badges are archived, not deleted: /m);
    expect(stdout).toMatch(/^ {2}stays: achievement ach_\w+: achievements are retired, not deleted: /m);
    expect(stdout).not.toContain("not taken away");
    expect(await presence()).toEqual(before);
  });

  it("a second time there is nothing to take away", async () => {
    const { code, stdout } = await here.conformance("cleanup", "--run-id", runId);
    expect({ code, first: stdout.split("\n")[0] }).toEqual({ code: 0, first: `Run ${runId}: nothing was taken away.` });
  });
});

describe("what cannot be taken away", () => {
  const RUN = "cmwqmhkyr0a1b2c";

  it("a run that nobody knows has left nothing", async () => {
    expect(await here.conformance("cleanup", "--run-id", "cmwqmhkyr0ffffff")).toEqual({
      code: 0,
      stdout: "Run cmwqmhkyr0ffffff: nothing of it was found.\n",
      stderr: "",
    });
  });

  it.each(["", "42", "--all", "cMWQMHKYR0A1B2C"])("%j is no run", async (id) => {
    const { code, stdout, stderr } = await here.conformance("cleanup", `--run-id=${id}`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/--run-id: .* is no id of a run; a run prints its own when it begins/);
  });

  it("what the key may not list, or take away, is told, and is exit code 1", async () => {
    const { data } = await api("POST", "/api-keys", { name: "reader", scopes: ["users:read", "badges:read", "achievements:read"] });
    const reader = (data as unknown as { secret: string }).secret;
    const { code, stdout } = await here.conformance("cleanup", "--run-id", RUN, "--api-key", reader);
    expect(code).toBe(1);
    expect(stdout).toContain("webhook endpoints could not be looked for: listWebhookEndpoints answered 403 INSUFFICIENT_SCOPE");
    expect(stdout).toMatch(/not taken away: user usr_\w+: deleteUser answered 403 INSUFFICIENT_SCOPE/);
  });

  it("what the target is said not to delete stays, with that reason", async () => {
    const file = here.file("capabilities.yaml", "unsupported: [deleteUser]\n");
    const { code, stdout } = await here.conformance("cleanup", "--run-id", RUN, "--capabilities", file);
    expect(code).toBe(0);
    expect(stdout).toMatch(/stays: user usr_\w+: the target does not offer deleteUser/);
    expect(stdout).toContain("1 webhook endpoint deleted");
  });
});
