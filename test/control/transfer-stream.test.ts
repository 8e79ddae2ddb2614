/** Export and import over a port: as fast as the other side, whoever goes away, whatever is refused. */
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, get, type IncomingMessage, request as open } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect as connectControl } from "../../emulator/cli/client.ts";
import { exportTo, importFrom } from "../../emulator/cli/transfer.ts";
import { newUser, type World, world } from "../support/client.ts";
import { newFolder } from "../support/folder.ts";

let here: World;
let origin: string;
let exported: string;
beforeAll(async () => {
  here = await world({ fixture: "course", seed: 1 });
  origin = await here.sandbox.listen();
  await here.sandbox.seed({ generate: { users: 250 } });
  exported = await here.sandbox.export();
});
afterAll(() => here.sandbox.close());

const users = async () => (await here.sandbox.export()).match(/^ {4}users:[\s\S]*?^ {4}badges:/m)?.[0].split("- id:").length;

async function textOf(response: IncomingMessage): Promise<string> {
  return (await response.setEncoding("utf8").toArray()).join("");
}

/** Sends the pieces as an import, one after the other; what is answered. */
async function upload(pieces: Iterable<string>, headers: Record<string, string | number> = {}) {
  const call = open(`${origin}/_sandbox/import`, { method: "POST", headers: { "Content-Type": "application/yaml", ...headers } });
  const answered = once(call, "response") as Promise<[IncomingMessage]>;
  const [[response]] = await Promise.all([answered, pipeline(Readable.from(pieces), call)]);
  return { status: response.statusCode, body: JSON.parse(await textOf(response)) };
}

describe("an export", () => {
  const exporting = async () => {
    const [response] = (await once(get(`${origin}/_sandbox/export`), "response")) as [IncomingMessage];
    return response;
  };

  it("does not hold up writes while it is read slowly, and has nothing of them", async () => {
    const response = await exporting();
    response.pause();
    const user = await newUser(here.api);
    const text = await textOf(response);
    expect(text).not.toContain(user.id);
    expect(text.split("- id:").length).toBeGreaterThan(250);
  });

  it("whose reader goes away leaves the sandbox as it was", async () => {
    for (let i = 0; i < 3; i++) {
      const response = await exporting();
      await once(response, "data");
      response.destroy();
    }
    await newUser(here.api);
    expect(await textOf(await exporting())).toBe(await here.sandbox.export());
  });

  it("to a file is there as a whole or not: nothing is replaced when the sandbox breaks off", async () => {
    const server = createServer((req, res) => {
      if (req.url?.endsWith("/info")) return void res.end(JSON.stringify({ status: "success", data: { sandbox_id: "sbx_0" } }));
      res.writeHead(200, { "Content-Type": "application/yaml" });
      res.write("fixture: export\n", () => res.destroy());
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const folder = newFolder();
    const file = join(folder, "state.yaml");
    writeFileSync(file, "the former one");
    const client = await connectControl({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    await expect(exportTo(client, file)).rejects.toThrow(/broke off/);
    expect(readFileSync(file, "utf8")).toBe("the former one");
    expect(readdirSync(folder)).toEqual(["state.yaml"]);
    server.close();
  });
});

describe("an import", () => {
  it("from a file in pieces; another one at the same time waits for it", async () => {
    const file = join(newFolder(), "state.yaml");
    const client = await connectControl({ url: `${origin}/_sandbox` });
    expect(await exportTo(client, file)).toContain("wrote");
    const outcomes = await Promise.all([importFrom(client, file), importFrom(client, file)]);
    expect(outcomes).toEqual([expect.stringContaining("transactions sent again"), expect.stringContaining("transactions sent again")]);
    await here.sandbox.doctor();
  });

  it("whose sender goes away changes nothing, and the next one works", async () => {
    const before = await users();
    const call = open(`${origin}/_sandbox/import`, { method: "POST", headers: { "Content-Type": "application/yaml" } });
    call.on("error", () => {});
    call.write(exported.slice(0, exported.length / 2));
    await new Promise((resolve) => setTimeout(resolve, 50));
    call.destroy();
    await newUser(here.api);
    expect(await users()).toBe((before as number) + 1);
    expect(await upload([exported])).toMatchObject({ status: 200 });
  });

  it("that is refused at its beginning is answered, though most of it is still on its way", async () => {
    const file = join(newFolder(), "state.yaml");
    const [head = "", rest = ""] = exported.split(/(?<=^ {4}users:\n)/m);
    writeFileSync(file, `${head}      - id: [\n${rest}${"# and more of it\n".repeat(2_000_000)}`);
    const client = await connectControl({ url: `${origin}/_sandbox` });
    await expect(importFrom(client, file)).rejects.toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringMatching(/cannot be imported/),
    });
  });

  it("that says it is too long is refused before it is read", async () => {
    const call = open(`${origin}/_sandbox/import`, {
      method: "POST",
      headers: { "Content-Type": "application/yaml", "Content-Length": 2 ** 31 + 1 },
    });
    call.on("error", () => {});
    call.flushHeaders();
    const [response] = (await once(call, "response")) as [IncomingMessage];
    expect([response.statusCode, JSON.parse(await textOf(response)).error.code]).toEqual([413, "PAYLOAD_TOO_LARGE"]);
    call.destroy();
  });

  it("of a file that is not there says so", async () => {
    const client = await connectControl({ url: `${origin}/_sandbox` });
    const file = join(newFolder(), "none.yaml");
    await expect(importFrom(client, file)).rejects.toThrow(/there is no file/);
    expect(existsSync(file)).toBe(false);
  });
});
