/** What never becomes a JSON-RPC request is answered in its form, with the status that says why. */
import { expect, it } from "vitest";
import { lines, sendRaw } from "../support/wire.ts";
import { openWorld } from "./world.ts";

const LONG = "a".repeat(40_000);

it.each<[string, string, number, RegExp]>([
  ["a long target", lines(`POST /${LONG} HTTP/1.1`), 414, /URI is too long/],
  ["long header fields", lines("POST / HTTP/1.1", `X-Long: ${LONG}`), 431, /header fields are too large/],
  ["what is no HTTP", "zebra\r\n\r\n", 400, /not a well-formed HTTP request/],
])("%s", async (_, sent, status, sentence) => {
  const { http } = await openWorld();
  const answer = await sendRaw(http, sent);
  expect([answer.status, answer.headers["content-type"]]).toEqual([status, "application/json"]);
  expect(JSON.parse(answer.text)).toMatchObject({
    jsonrpc: "2.0",
    id: null,
    error: { code: -32600, message: expect.stringMatching(sentence) },
  });
});

it("OPTIONS * says what the server can do", async () => {
  const { http } = await openWorld();
  const answer = await sendRaw(http, lines("OPTIONS * HTTP/1.1", "Connection: close"));
  expect([answer.status, answer.headers.allow]).toEqual([204, "POST, OPTIONS"]);
});
