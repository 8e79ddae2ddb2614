/** The served copies of the document name the address they are served at first: what a generated client calls is this sandbox. */
import { readFileSync } from "node:fs";
import { request as httpsRequest } from "node:https";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { addressOf, ServedDocument } from "../../emulator/http/served-document.ts";
import { type World, world } from "../support/client.ts";
import { document } from "../support/contract.ts";
import { newFolder } from "../support/folder.ts";

interface Served {
  readonly servers: readonly { readonly url: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>>;
}

const written = (document as unknown as Served).servers;
const urlsOf = ({ servers }: Served) => servers.map(({ url }) => url);

let here: World;
let origin: string;
beforeAll(async () => {
  here = await world({ allowHosts: ["sandbox.example"] });
  origin = await here.sandbox.listen();
});
afterAll(() => here.sandbox.close());

/** Half a second each: what differs between the copies is read anew, the rest once. */
const parsed = new Map<string, Served>();
function readYaml(text: string): Served {
  const [section = ""] = /^servers:\n(?:[ #-].*\n)+/m.exec(text) ?? [];
  const rest = text.replace(section, "");
  const document = parsed.get(rest) ?? parse(rest);
  parsed.set(rest, document);
  return { ...document, ...parse(section) };
}

const readings: Readonly<Record<string, (text: string) => Served>> = {
  "/v1/openapi.json": JSON.parse,
  "/v1/openapi.yaml": readYaml,
  "/v1/docs": (page) => JSON.parse(/createApiReference\("#reference", (.*)\);\n<\/script>/.exec(page)?.[1] ?? "").content,
};

const at = async ({ sandbox }: World, path: string, headers: Record<string, string> = {}) => {
  const { text } = await request(sandbox.app).get(path).set(headers).expect(200);
  return (readings[path] as (text: string) => Served)(text);
};

describe.each(["/v1/openapi.json", "/v1/openapi.yaml"])("%s", (path) => {
  it("begins with where it was asked for; the servers as they are written follow", async () => {
    const { servers } = await at(here, path, { Host: new URL(origin).host });
    expect(servers).toEqual([{ url: `${origin}/v1`, description: "This sandbox" }, ...written]);
  });

  it.each(["localhost", "127.0.0.1:1234", "[::1]:4010", "sandbox.example"])("by the Host %s", async (host) => {
    expect(urlsOf(await at(here, path, { Host: host }))).toEqual([`http://${host}/v1`, ...written.map(({ url }) => url)]);
  });

  it("names no server twice", async () => {
    const urls = urlsOf(await at(here, path, { Host: "127.0.0.1:4010" }));
    expect(urls).toEqual(["http://127.0.0.1:4010/v1", "https://api.getstoken.org/v1", "https://sandbox-api.getstoken.org/v1"]);
  });

  it("is the same answer for HEAD, and no cache keeps what is another one by another name", async () => {
    const [get, head] = [await fetch(origin + path), await fetch(origin + path, { method: "HEAD" })];
    const of = ({ headers }: Response) => ["content-length", "content-type", "cache-control", "etag"].map((name) => headers.get(name));
    expect(of(head)).toEqual(of(get));
    expect(get.headers.get("content-length")).toBe(`${Buffer.byteLength(await get.text())}`);
    expect(get.headers.get("cache-control")).toBe("no-store");
  });

  it("a client that is made of it calls this sandbox, with its key", async () => {
    const { servers, paths } = await at(here, path, { Host: new URL(origin).host });
    const [place = ""] = Object.entries(paths).find(([, { get }]) => get?.operationId === "getCurrentApiKey") ?? [];
    const answer = await fetch(`${servers[0]?.url}${place}`, { headers: { Authorization: `Bearer ${here.sandbox.apiKey}` } });
    expect([answer.status, here.sandbox.requests.list()[0]?.request_id]).toEqual([200, answer.headers.get("request-id")]);
  });
});

it("over TLS it is https", async () => {
  const { sandbox } = await world({ https: { caDir: newFolder() } });
  const secure = await sandbox.listen();
  const ca = readFileSync(sandbox.caFile as string, "utf8");
  const text = await new Promise<string>((resolve, reject) => {
    const call = httpsRequest(`${secure}/v1/openapi.json`, { ca, agent: false }, async (res) => resolve((await res.toArray()).join("")));
    call.once("error", reject).end();
  });
  expect(urlsOf(JSON.parse(text))[0]).toBe(`${secure}/v1`);
  await sandbox.close();
});

describe("with --public-url", () => {
  const publicUrl = "https://badges.example/sandbox/v1";
  let elsewhere: World;
  beforeAll(async () => void (elsewhere = await world({ publicUrl })));
  afterAll(() => elsewhere.sandbox.close());

  it.each(["/v1/openapi.json", "/v1/openapi.yaml"])("%s begins with that, by whichever name it was asked for", async (path) => {
    for (const Host of ["localhost", "127.0.0.1:1"]) expect(urlsOf(await at(elsewhere, path, { Host }))[0]).toBe(publicUrl);
  });

  it("the reference page sends requests there, and may", async () => {
    expect(urlsOf(await at(elsewhere, "/v1/docs"))).toEqual([publicUrl]);
    const { headers } = await request(elsewhere.sandbox.app).get("/v1/docs");
    expect(headers["content-security-policy"]).toContain("connect-src 'self' https://badges.example;");
  });
});

it("the reference page shows the address, and sends requests nowhere else", async () => {
  for (const Host of ["localhost:4010", "127.0.0.1:1234"])
    expect(urlsOf(await at(here, "/v1/docs", { Host }))).toEqual([`http://${Host}/v1`]);
  const { headers } = await request(here.sandbox.app).get("/v1/docs");
  expect(headers["content-security-policy"]).toContain("connect-src 'self';");
});

describe("any document", () => {
  const servers = [{ url: "https://one.example", description: "One", variables: { a: { default: '"b"' } } }];
  const text = {
    openapi: "3.1.0",
    info: { description: '"servers":[] servers:\n\nservers:\n  - url: x\n' },
    servers,
    paths: { "/a": { servers: [] } },
  };
  const written = `openapi: "3.1.0"
info:
  description: |
    servers:
      - url: x
servers:
  # A comment.
  - url: https://one.example
    description: One
    variables: { a: { default: '"b"' } }
paths: {}
`;
  const served = new ServedDocument({ json: () => JSON.stringify(text), yaml: () => written, servers });
  const address = addressOf("http://127.0.0.1:4010", "/_sandbox", null);

  it("whatever its texts say of servers", () => {
    const expected = [{ url: address, description: "This sandbox" }, ...servers];
    expect(JSON.parse(`${served.json(address)}`)).toEqual({ ...text, servers: expected });
    expect(parse(`${served.yaml(address)}`)).toEqual({ ...parse(written), servers: expected });
  });

  it("the control plane is next to the API, also at its public address", () => {
    expect(address).toBe("http://127.0.0.1:4010/_sandbox");
    expect(addressOf("http://x", "/_sandbox", "https://badges.example/sandbox/v1")).toBe("https://badges.example/sandbox/_sandbox");
  });

  it("one that lists no servers is a mistake of ours, not an answer", () => {
    const none = new ServedDocument({ json: () => "{}", yaml: () => "openapi: 3.1.0\n", servers: [] });
    expect(() => none.json(address)).toThrow("the text has no");
    expect(() => none.yaml(address)).toThrow("the text has no servers");
  });
});
