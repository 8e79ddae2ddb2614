/** Pages of other origins get nothing, unless their origin is named. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type World, world } from "../support/client.ts";

const PAGE = "https://app.example";
let here: World;
beforeAll(async () => void (here = await world({ cors: [PAGE] })));
afterAll(() => here.sandbox.close());

describe("an origin that is named", () => {
  it("may read answers and their meaningful fields, refusals too", async () => {
    for (const call of [here.api.get("/users"), here.api.as(null).get("/users"), here.api.get("/nothing")]) {
      const { headers } = await call.set("Origin", PAGE);
      expect([headers["access-control-allow-origin"], headers.vary]).toEqual([PAGE, "Origin"]);
      expect(headers["access-control-expose-headers"]).toMatch(/Request-Id.*RateLimit.*Retry-After.*ETag/);
      expect(headers["access-control-allow-credentials"]).toBeUndefined();
    }
  });
});

it.each(["https://other.example", "https://app.example.evil.example", "null", "http://app.example"])(
  "%s gets no header",
  async (origin) => {
    const { headers } = await here.api.get("/users").set("Origin", origin).expect(200);
    expect(headers["access-control-allow-origin"]).toBeUndefined();
  },
);
