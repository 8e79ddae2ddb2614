import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exitCodeOf } from "../kit/cli.ts";
import { run } from "../kit/commands/run.ts";
import { selfTest } from "../kit/commands/self-test.ts";
import { runChecks } from "../kit/runner.ts";
import { verdictOf } from "../kit/verdict.ts";
import { CHECKS } from "../requirements/index.ts";

/** What a condition may use: a good target, addressed over a port. */
export interface Ground {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly app: RequestListener;
}

/** The harness itself, broken: whatever happens, it must not be green. */
export interface Condition {
  readonly id: string;
  readonly breaks: string;
  readonly exitCode: number;
  code(ground: Ground): Promise<number>;
}

const quiet = { only: "USER-06", color: false };
const silent = (flags: Parameters<typeof run>[0]) =>
  exitCodeOf(
    () =>
      run(
        flags,
        () => {},
        () => {},
      ),
    () => {},
  );
const folder = () => mkdtempSync(join(tmpdir(), "conformance-"));
function file(name: string, text: string): string {
  const path = join(folder(), name);
  writeFileSync(path, text);
  return path;
}

export const CONDITIONS: readonly Condition[] = [
  { id: "H00", breaks: "nothing: the same run in order", exitCode: 0, code: (ground) => silent({ ...quiet, ...good(ground) }) },
  {
    id: "H01",
    breaks: "nobody listens at the base URL",
    exitCode: 3,
    code: (ground) => silent({ ...quiet, ...good(ground), baseUrl: "http://127.0.0.1:9/v1" }),
  },
  {
    id: "H02",
    breaks: "the base URL does not end in /v1",
    exitCode: 2,
    code: (ground) => silent({ ...quiet, ...good(ground), baseUrl: ground.baseUrl.replace("/v1", "") }),
  },
  {
    id: "H03",
    breaks: "the key is wrong",
    exitCode: 3,
    code: (ground) => silent({ ...quiet, ...good(ground), apiKey: `${ground.apiKey}x` }),
  },
  {
    id: "H04",
    breaks: "the environment has no key",
    exitCode: 2,
    code: (ground) => silent({ ...quiet, ...good(ground), apiKey: "env:NO_SUCH_KEY" }),
  },
  {
    id: "H05",
    breaks: "the OpenAPI document is empty",
    exitCode: 2,
    code: (ground) => silent({ ...quiet, ...good(ground), openapi: file("openapi.yaml", "") }),
  },
  {
    id: "H06",
    breaks: "the OpenAPI document is missing",
    exitCode: 2,
    code: (ground) => silent({ ...quiet, ...good(ground), openapi: "/no/such/openapi.yaml" }),
  },
  {
    id: "H07",
    breaks: "the filter matches nothing",
    exitCode: 3,
    code: (ground) => silent({ ...quiet, ...good(ground), only: "USERS-*" }),
  },
  {
    id: "H08",
    breaks: "nothing of what is selected gates",
    exitCode: 3,
    code: (ground) => silent({ ...quiet, ...good(ground), only: "USER-06", profile: "published" }),
  },
  {
    id: "H09",
    breaks: "the report cannot be written",
    exitCode: 2,
    code: (ground) => {
      const place = join(folder(), "report.xml");
      mkdirSync(place);
      return silent({ ...quiet, ...good(ground), report: `junit=${place}` });
    },
  },
  {
    id: "H10",
    breaks: "the baseline is no list of reasons",
    exitCode: 2,
    code: (ground) => silent({ ...quiet, ...good(ground), baseline: file("baseline.yaml", "- id: USER-06\n") }),
  },
  {
    id: "H11",
    breaks: "the baseline excuses what works",
    exitCode: 1,
    code: (ground) => silent({ ...quiet, ...good(ground), baseline: file("baseline.yaml", "- id: USER-06\n  reason: it was broken\n") }),
  },
  {
    id: "H12",
    breaks: "the webhook receiver is not there",
    exitCode: 3,
    code: (ground) => silent({ ...quiet, ...good(ground), webhookReceiver: "url:http://127.0.0.1:9/hook" }),
  },
  {
    id: "H13",
    breaks: "the target is production, and nobody said so",
    exitCode: 2,
    code: (ground) => silent({ ...quiet, ...good(ground), baseUrl: "https://api.getstoken.org/v1" }),
  },
  {
    id: "H14",
    breaks: "limits are to be judged where they are off",
    exitCode: 3,
    code: (ground) => silent({ ...quiet, ...good(ground), mode: "full", allow: "rate", only: "RATE-01" }),
  },
  { id: "H15", breaks: "the budget is too small", exitCode: 4, code: (ground) => silent({ ...quiet, ...good(ground), budget: "4" }) },
  {
    id: "H16",
    breaks: "the clocks differ by an hour",
    exitCode: 3,
    code: (ground) => serving(withDate(ground.app, 3_600_000), (baseUrl) => silent({ ...quiet, ...good(ground), baseUrl })),
  },
  {
    id: "H17",
    breaks: "the target dies midway",
    exitCode: 3,
    code: (ground) => {
      let left = 12;
      const dying: RequestListener = (req, res) => (left-- > 0 ? ground.app(req, res) : void req.socket.destroy());
      return serving(dying, (baseUrl) => silent({ ...good(ground), baseUrl, only: "AUTH-*" }));
    },
  },
  {
    id: "H18",
    breaks: "a check asserts nothing",
    exitCode: 5,
    code: async ({ baseUrl, apiKey }) => {
      const [first] = CHECKS.filter(({ mode }) => mode === "w");
      return verdictOf(await runChecks([{ ...(first as (typeof CHECKS)[0]), run: async () => {} }], { target: baseUrl, apiKey })).exitCode;
    },
  },
  {
    id: "H19",
    breaks: "a check has a fault of its own",
    exitCode: 5,
    code: async ({ baseUrl, apiKey }) => {
      const [first] = CHECKS.filter(({ mode }) => mode === "w");
      const broken = { ...(first as (typeof CHECKS)[0]), run: () => Promise.reject(new TypeError("undefined is no function")) };
      return verdictOf(await runChecks([broken], { target: baseUrl, apiKey })).exitCode;
    },
  },
  {
    id: "H20",
    breaks: "the run is interrupted",
    exitCode: 130,
    code: async ({ baseUrl, apiKey }) => {
      const stop = new AbortController();
      const result = await runChecks(CHECKS, {
        target: baseUrl,
        apiKey,
        signal: stop.signal,
        only: ["USER-*"],
        onResult: ({ status }) => status === "pass" && stop.abort(),
      });
      return result.leftovers.length === 0 ? verdictOf(result).exitCode : -1;
    },
  },
  {
    id: "H21",
    breaks: "the filter of the self-test matches nothing",
    exitCode: 2,
    code: () =>
      exitCodeOf(
        () => selfTest({ only: "NOTHING", write: false }),
        () => {},
      ),
  },
  {
    id: "H22",
    breaks: "the webhook receiver's address leads elsewhere",
    exitCode: 3,
    code: (ground) =>
      serving(
        (_, res) => void res.end("somebody else"),
        (elsewhere) => silent({ ...quiet, ...good(ground), webhookReceiver: `url:${elsewhere}`, webhookListen: "127.0.0.1:0" }),
      ),
  },
];

function good({ baseUrl, apiKey }: Ground) {
  return { baseUrl, apiKey };
}

function withDate(app: RequestListener, ms: number): RequestListener {
  return (req, res) => {
    res.setHeader("Date", new Date(Date.now() + ms).toUTCString());
    app(req, res);
  };
}

async function serving(app: RequestListener, use: (baseUrl: string) => Promise<number>): Promise<number> {
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
