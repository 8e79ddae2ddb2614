/** A request log full of long bodies, and of long paths: a page of it, and a count by an adversarial pattern, hold nothing up. */
import request from "supertest";
import { expect, it } from "vitest";
import { world } from "../support/client.ts";
import { sendTimed } from "./fuzz/held.ts";

it("is read in turns", async () => {
  const { sandbox } = await world();
  const origin = await sandbox.listen();
  const authorization = `Bearer ${sandbox.apiKey}`;
  for (const item of ["{}", "1", '"\\u0001"']) {
    const body = `[${`${item},`.repeat(Math.floor(65_000 / (item.length + 1)))}${item}]`;
    for (let i = 0; i < 15; i++)
      await request(origin).post("/v1/users").set({ authorization, "content-type": "application/json" }).send(body).expect(400);
  }
  for (let i = 0; i < 40; i++)
    await request(origin)
      .get(`/v1${"/a".repeat(6000)}`)
      .expect(404);
  const read = async (path: string) => {
    // The client is in this process: it reads the text no further.
    const { answer, problems } = await sendTimed(async () => ({ text: await (await fetch(`${origin}/_sandbox/requests${path}`)).text() }));
    expect([path.slice(0, 40), problems]).toEqual([path.slice(0, 40), []]);
    return JSON.parse(answer.text).data;
  };

  const seen = new Set<string>();
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page: { items: { request_id: string }[]; next_cursor: string | null } = await read(
      `?limit=10000${cursor && `&cursor=${cursor}`}`,
    );
    for (const { request_id } of page.items) seen.add(request_id);
    cursor = page.next_cursor;
  }
  expect(seen.size).toBe(85);
  for (const path of [`*${"/{a}".repeat(62)}/x`, `*${"/{a}*".repeat(50)}!`])
    expect(await read(`/count?path=${encodeURIComponent(path)}`)).toEqual({ count: 0 });
  await sandbox.close();
});
