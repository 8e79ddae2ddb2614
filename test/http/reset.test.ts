/** A request that began before a reset or a restore does not commit after it. */
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { refusalProblems } from "../support/answers.ts";
import { newUser, person, type World, world } from "../support/client.ts";
import { Receiver } from "../support/receiver.ts";
import { lines, parseAnswer } from "../support/wire.ts";

let here: World;
let origin: string;
beforeAll(async () => {
  here = await world();
  origin = await here.sandbox.listen();
});
afterAll(() => here.sandbox.close());

/** Sends a request without the end of its body, does `meanwhile`, sends the end, and reads the answer. */
async function interrupted(method: string, path: string, body: unknown, meanwhile: () => Promise<unknown>) {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  const text = JSON.stringify(body);
  const head = ["Content-Type: application/json", `Content-Length: ${text.length}`, `Authorization: Bearer ${here.sandbox.apiKey}`];
  // 100 Continue tells that the request has come as far as its body.
  socket.write(lines(`${method} ${path} HTTP/1.1`, ...head, "Expect: 100-continue", "Connection: close"));
  await new Promise((resolve) => socket.once("data", resolve));
  await meanwhile();
  let received = "";
  socket.on("data", (chunk) => (received += chunk));
  socket.end(text);
  await new Promise((resolve) => socket.once("close", resolve));
  return parseAnswer(received);
}

describe("SANDBOX_RESET", () => {
  it("of a reset, and nothing is left of the request", async () => {
    const answer = await interrupted("POST", "/v1/users", person({ email: "between@example.com" }), () => here.sandbox.reset());
    expect(refusalProblems(["SANDBOX_RESET"], "POST", answer)).toEqual([]);
    expect((await here.api.get("/users?email=between@example.com")).body.data.items).toEqual([]);
  });

  it("of a restore", async () => {
    const user = await newUser(here.api);
    const snapshot = await here.sandbox.snapshot();
    const answer = await interrupted("PATCH", `/v1/users/${user.id}`, { locale: "en" }, () => snapshot.restore());
    expect(refusalProblems(["SANDBOX_RESET"], "PATCH", answer)).toEqual([]);
    expect((await here.api.get(`/users/${user.id}`)).body.data).toEqual(user);
  });

  it("of an import", async () => {
    const exported = await here.sandbox.export();
    const answer = await interrupted("POST", "/v1/users", person({ email: "imported@example.com" }), () => here.sandbox.import(exported));
    expect(refusalProblems(["SANDBOX_RESET"], "POST", answer)).toEqual([]);
    expect((await here.api.get("/users?email=imported@example.com")).body.data.items).toEqual([]);
  });

  it("of the result of a delivery: it is not recorded after the restore", async () => {
    let release = () => {};
    const hooked = await Receiver.open((res) => {
      release = () => res.writeHead(204).end();
    });
    await here.api.post("/webhook-endpoints", { url: hooked.url }).expect(201);
    const before = await here.sandbox.snapshot();
    await newUser(here.api);
    await hooked.count(1);
    await before.restore();
    release();
    const later = await newUser(here.api);
    await hooked.count(2);
    expect(JSON.parse(hooked.received[1]?.body ?? "").data.id).toBe(later.id);
    release();
    const deliveries = async () => {
      const [{ id }] = (await here.api.get("/webhook-endpoints")).body.data.items;
      return (await here.api.get(`/webhook-endpoints/${id}/deliveries`)).body.data.items;
    };
    await expect.poll(deliveries).toMatchObject([{ status: "succeeded", attempts: [{ response_status: 204 }] }]);
    await here.sandbox.doctor();
    await hooked.close();
  });

  it("not of a snapshot taken meanwhile", async () => {
    const answer = await interrupted("POST", "/v1/users", person(), () => here.sandbox.snapshot());
    expect(answer.status).toBe(201);
  });
});
