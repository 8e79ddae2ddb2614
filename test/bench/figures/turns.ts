import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { packageFile } from "../../../emulator/package-root.ts";
import type { Figure, Values } from "../figure.ts";
import { shoot } from "../load.ts";

/** A part of the HTTP server that is there for its speed, and what would be there instead. */
const INSTEAD: Readonly<Record<string, string>> = {
  "in-turn": `import express from "express";
    export const inTurn = (handlers) => express.Router({ caseSensitive: true, strict: true, mergeParams: true }).use(...handlers);`,
  "end-of-turn": "export const endOfTurn = async () => {};",
  routes: `import express from "express";
    export function routes(base, operations, handlerOf) {
      const router = express.Router({ caseSensitive: true, strict: true });
      const isTemplate = ({ path }) => Number(path.includes("{"));
      for (const operation of [...operations].sort((a, b) => isTemplate(a) - isTemplate(b))) {
        let handler;
        router[operation.method](base + operation.path.replaceAll(/\\{(\\w+)\\}/g, ":$1"), (req, res, next) => (handler ??= handlerOf(operation))(req, res, next));
      }
      return router;
    }`,
};

const LIMITS = { perSecond: 1_000_000, perHour: 100_000_000 };

export const turns: Figure = {
  title:
    "GET /v1/users/{id} with every part of emulator/http that is there for its speed, and without one: what a user waits, and the processor's time",
  rounds: 9,
  variants: ["all", ...Object.keys(INSTEAD).map((part) => `without ${part}`)],
  async measure(variant): Promise<Values> {
    const { createSandbox } = await sandboxWithout(variant.replace("without ", ""));
    const sandbox = await createSandbox({ limits: LIMITS });
    const origin = await sandbox.listen();
    const headers = { Authorization: `Bearer ${sandbox.apiKey}` };
    const body = JSON.stringify({ email: "ada@example.com", display_name: "Ada Lovelace" });
    const created = await fetch(`${origin}/v1/users`, {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/json" },
      body,
    });
    const url = origin + created.headers.get("location");
    const values: Record<string, number> = {};
    for (const connections of [1, 20]) {
      await shoot({ url, headers, seconds: 1, connections });
      const began = process.cpuUsage();
      const { requests_per_s, requests } = await shoot({ url, headers, seconds: 3, connections });
      const { user, system } = process.cpuUsage(began);
      values[`requests_per_s_${connections}`] = requests_per_s as number;
      values[`cpu_us_${connections}`] = (user + system) / (requests as number);
    }
    return values;
  },
  judge: ({ all, ...others }) =>
    Object.entries(others).map(([variant, values]) => {
      const gain = (name: string) => `${Math.round(100 * ((values[name] ?? 0) / (all?.[name] ?? 1) - 1))} %`;
      const names = ["requests_per_s_1", "requests_per_s_20", "cpu_us_1", "cpu_us_20"];
      return `${variant}: ${names.map((name) => `${name} ${gain(name)}`).join(", ")} (kept while one is 10 % worse)`;
    }),
};

/** The sandbox, bundled as it is published, with one module replaced. */
async function sandboxWithout(part: string): Promise<typeof import("../../../emulator/sandbox.ts")> {
  const replaced: Plugin = {
    name: "replaced",
    setup: ({ onLoad }) =>
      onLoad({ filter: /[/\\]emulator[/\\]http[/\\][\w-]+\.ts$/ }, ({ path }) => {
        return basename(path) === `${part}.ts` ? { contents: INSTEAD[part] as string, loader: "js" } : null;
      }),
  };
  const root = packageFile("");
  // Within the package, whose dependencies it imports.
  const out = packageFile(`.hardhat/bench/${part}`);
  const format = { bundle: true, splitting: true, format: "esm", platform: "node", target: "node22.18", packages: "external" } as const;
  await build({ entryPoints: ["emulator/sandbox.ts"], absWorkingDir: root, outdir: out, outbase: ".", plugins: [replaced], ...format });
  return await import(pathToFileURL(join(out, "emulator/sandbox.js")).href);
}
