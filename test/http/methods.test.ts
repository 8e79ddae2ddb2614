/** Statuses, methods, media types and sizes. */
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newKey, newUser, person, refusal, type World, world } from "../support/client.ts";
import { operations } from "../support/contract.ts";

let here: World;
beforeAll(async () => void (here = await world()));
afterAll(() => here.sandbox.close());

const paths = [...new Set(operations.map(({ path }) => path))];
const methodsOf = (path: string) => operations.filter((each) => each.path === path).map(({ method }) => method);
const concrete = (path: string) => path.replaceAll(/\{\w+\}/g, "nobody");

describe.each(paths)("%s", (path) => {
  const methods = methodsOf(path);

  it("OPTIONS is 204 with Allow, and needs no key", async () => {
    const answer = await here.api.as(null).options(concrete(path)).expect(204);
    expect(answer.headers.allow?.split(", ").sort()).toEqual([...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"].sort());
  });

  it.each(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"].filter((method) => !methods.includes(method === "HEAD" ? "GET" : method)))(
    "%s is 405 with Allow, before the key is looked at",
    async (method) => {
      const answer = await here.api.as(null)[method.toLowerCase() as "get"](concrete(path)).expect(405);
      if (method !== "HEAD") refusal("METHOD_NOT_ALLOWED")(answer);
      expect(answer.headers.allow).toContain(methods[0]);
    },
  );

  if (!methods.includes("GET")) return;
  it("HEAD is GET without a body", async () => {
    const get = await here.api.get(concrete(path));
    const head = await here.api.head(concrete(path));
    expect(head.text ?? "").toBe("");
    expect(head.status).toBe(get.status);
    for (const name of ["content-type", "content-length", "etag", "cache-control", "www-authenticate"]) {
      expect([name, head.headers[name]]).toEqual([name, get.headers[name]]);
    }
  });
});

describe("a literal path wins over a template", () => {
  it("GET /api-keys/current is the key in use", async () => {
    const { body } = await here.api.get("/api-keys/current").expect(200);
    expect(body.data.name).toBe("Default key");
  });

  it.each(["delete", "patch"] as const)("%s /api-keys/current is 405, not an operation on a key of that name", async (method) => {
    const answer = await here.api[method]("/api-keys/current").expect(refusal("METHOD_NOT_ALLOWED"));
    expect(answer.headers.allow).toBe("GET, HEAD, OPTIONS");
  });

  it.each(["mint", "transfer", "burn"])("GET /tokens/%s is 405", async (name) => {
    await here.api.get(`/tokens/${name}`).expect(refusal("METHOD_NOT_ALLOWED"));
  });
});

describe("201", () => {
  it.each<[string, () => Promise<unknown>]>([
    ["/users", async () => person()],
    ["/api-keys", async () => ({ name: "x", scopes: ["users:read"] })],
    ["/tokens/mint", async () => ({ user_id: (await newUser(here.api)).id, amount: "1" })],
  ])("POST %s leads to what it made", async (path, made) => {
    const created = await here.api.post(path, await made()).expect(201);
    const { location, etag } = created.headers as { location: string; etag: string };
    expect(location).toMatch(/^\/v1\//);
    const found = await here.api.get(location.slice(3)).expect(200);
    expect(found.body.data).toEqual({ ...created.body.data, ...(created.body.data.secret ? { secret: null } : {}) });
    expect(found.headers.etag).toBe(etag);
  });
});

describe("404 of an id", () => {
  const ids = [
    "usr_01M1E4VNE00C1Z66Z2XVGNZH9K",
    "usr_x",
    "nobody",
    "0",
    "%00",
    "a%2Fb",
    "💥",
    "__proto__",
    "constructor",
    "a".repeat(4000),
    "%20",
    ".",
  ];
  it.each<[string, string]>([
    ["/users/ID", "USER_NOT_FOUND"],
    ["/users/ID/balance", "USER_NOT_FOUND"],
    ["/tokens/transactions/ID", "TRANSACTION_NOT_FOUND"],
    ["/events/ID", "EVENT_NOT_FOUND"],
    ["/api-keys/ID", "API_KEY_NOT_FOUND"],
  ])("GET %s is %s, well-formed or not", async (path, code) => {
    for (const id of ids.filter((each) => each !== "."))
      await here.api.get(path.replace("ID", encodeURI(decodeURI(id)).replace("%2500", "%00"))).expect(refusal(code));
  });

  it("in a body is the same", async () => {
    for (const id of ["", ...ids])
      await here.api.post("/tokens/mint", { user_id: id, amount: "1" }).expect(refusal("USER_NOT_FOUND", { param: "user_id" }));
  });
});

describe("406 NOT_ACCEPTABLE", () => {
  it.each(["text/html", "image/*", "application/xml, text/plain", "application/json;q=0", "application/problem+json", "nonsense"])(
    "to Accept: %s",
    async (accept) => {
      await here.api.get("/users").set("Accept", accept).expect(refusal("NOT_ACCEPTABLE"));
      await here.api.post("/users", person()).set("Accept", accept).expect(refusal("NOT_ACCEPTABLE"));
    },
  );

  it.each([
    "*/*",
    "application/*",
    "application/json",
    "APPLICATION/JSON",
    "application/json; charset=utf-8",
    "text/html, application/json;q=0.1",
    "text/html, */*;q=0.01",
  ])("not to Accept: %s", async (accept) => {
    await here.api.get("/users").set("Accept", accept).expect(200);
  });

  it.each([
    ["/docs", "text/html"],
    ["/openapi.yaml", "application/yaml"],
  ])("%s answers with %s and is not acceptable as JSON", async (path, type) => {
    await here.api.get(path).set("Accept", type).expect(200);
    await here.api.get(path).set("Accept", "application/json").expect(refusal("NOT_ACCEPTABLE"));
  });

  it("is never the answer of a DELETE, which has no body to choose", async () => {
    const user = await newUser(here.api);
    await here.api.delete(`/users/${user.id}`).set("Accept", "text/html").expect(204);
  });
});

describe("415 UNSUPPORTED_MEDIA_TYPE", () => {
  const types = [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/problem+json",
    "application/json; charset=utf-16",
    "json",
  ];
  it.each(types)("of %s", async (type) => {
    const answer = await here.api.post("/users").set("Content-Type", type).send("{}").expect(refusal("UNSUPPORTED_MEDIA_TYPE"));
    expect(answer.headers.accept).toBe("application/json");
    expect(answer.headers["accept-patch"]).toBeUndefined();
  });

  it("of a body without a Content-Type", async () => {
    await here.api
      .post("/users")
      .unset("Content-Type")
      .serialize(String)
      .send({})
      .set("Content-Type", "")
      .expect(refusal("UNSUPPORTED_MEDIA_TYPE"));
  });

  it("of a PATCH, with Accept-Patch", async () => {
    const answer = await here.api.patch("/users/nobody").type("text/plain").send("{}").expect(refusal("UNSUPPORTED_MEDIA_TYPE"));
    expect(answer.headers["accept-patch"]).toBe("application/merge-patch+json, application/json");
  });

  it("of merge patch where a whole object is sent", async () => {
    await here.api
      .post("/users")
      .type("application/merge-patch+json")
      .send(JSON.stringify(person()))
      .expect(refusal("UNSUPPORTED_MEDIA_TYPE"));
  });

  it("of an unknown Content-Encoding, naming the known ones", async () => {
    const answer = await here.api
      .post("/users")
      .type("json")
      .set("Content-Encoding", "zstd")
      .send("{}")
      .expect(refusal("UNSUPPORTED_MEDIA_TYPE"));
    expect(answer.headers["accept-encoding"]).toBe("gzip, deflate, br, identity");
  });

  it.each([
    "application/json",
    "Application/JSON",
    "application/json; charset=utf-8",
    'application/json;charset="UTF-8"',
    "application/json; profile=x",
  ])("not of %s", async (type) => {
    await here.api.post("/users").set("Content-Type", type).send(JSON.stringify(person())).expect(201);
  });
});

describe("413 PAYLOAD_TOO_LARGE", () => {
  const padded = (bytes: number) => {
    const text = JSON.stringify(person());
    return text + " ".repeat(bytes - text.length);
  };

  it("of 1 MiB and one byte, not of 1 MiB", async () => {
    await here.api.post("/users").type("json").send(padded(1_048_577)).expect(refusal("PAYLOAD_TOO_LARGE"));
    await here.api.post("/users").type("json").send(padded(1_048_576)).expect(201);
  });

  it("counts the body as it is when unpacked", async () => {
    const send = (text: string) =>
      here.api
        .post("/users")
        .type("json")
        .set("Content-Encoding", "gzip")
        .serialize((body) => body as string)
        .send(gzipSync(text) as unknown as string);
    await send(padded(1_048_577)).expect(refusal("PAYLOAD_TOO_LARGE"));
    await send(padded(2000)).expect(201);
  });
});

it("a body where all may be left out may be absent, with its Content-Type", async () => {
  const [key, user] = [await newKey(here.api, ["users:read"]), await newUser(here.api)];
  await here.api.post(`/api-keys/${key.id}/roll`).expect(200);
  await here.api.post(`/api-keys/${key.id}/roll`, {}).expect(200);
  await here.api.post(`/api-keys/${key.id}/roll`, { force: true }).expect(refusal("UNKNOWN_PARAMETER"));
  const { body } = await here.api.patch(`/users/${user.id}`).expect(200);
  expect(body.data).toEqual(user);
});
