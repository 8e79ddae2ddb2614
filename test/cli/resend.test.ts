/** `resend`: a past event again, to the endpoints that want it and to whoever listens. */
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { Delivery } from "../../emulator/model/webhook.ts";
import { newUser } from "../support/client.ts";
import { clientCommand } from "../support/command-here.ts";
import { newFolder } from "../support/folder.ts";
import { background } from "../support/processes.ts";
import { type Hooked, hooked } from "../support/webhook-world.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const cwd = newFolder();
let here: Hooked;
let url: string[];
beforeAll(async () => {
  here = await hooked();
  url = ["--url", `${await here.sandbox.listen()}/_sandbox`];
});
afterAll(() => here.close());

const resend = (...ids: string[]) => clientCommand(["resend", ...ids, ...url], { cwd });
const newest = async () => (await here.api.get("/events?limit=1").expect(200)).body.data.items[0].id as string;

it("goes to the endpoints that want it, as another attempt of the same delivery", async () => {
  const { receiver: picky, endpoint: unwilling } = await here.hook({ enabled_events: ["award.claimed"] });
  await newUser(here.api);
  await expect.poll(async () => (await here.deliveries())[0]?.status).toBe("succeeded");
  const [{ id: delivery, event_id: id }] = (await here.deliveries()) as [Delivery];
  expect(await resend(id)).toEqual({
    code: 0,
    stdout: `user.created [${id}]\n  --> ${here.receiver.url}  ${here.endpoint.id}  ${delivery}\n`,
    stderr: "",
  });
  const [first, again] = await here.receiver.count(2);
  expect([again?.headers["webhook-id"], again?.body]).toEqual([id, first?.body]);
  expect(picky.received).toEqual([]);
  await here.api.delete(`/webhook-endpoints/${unwilling.id}`).expect(204);
});

it("goes to every listener, several events in the order given", async () => {
  const session = background(["listen", ...url], { cwd });
  await session.until("Ready!");
  const ids: string[] = [];
  for (let i = 0; i < 3; i++) {
    await newUser(here.api);
    ids.unshift(await newest());
  }
  const { code, stdout } = await resend(...ids);
  expect([code, stdout.match(/--> one listener/g)?.length]).toEqual([0, 3]);
  await session.until(`[${ids[2]}] resent`);
  expect([...session.output.matchAll(/\[(evt_\w+)\] resent/g)].map(([, id]) => id)).toEqual(ids);
  await session.stop();
});

it("says when there is no such event, and when nobody got it", async () => {
  expect(await resend("evt_nobody")).toEqual({
    code: 1,
    stdout: "",
    stderr: "getsmart-sandbox: EVENT_NOT_FOUND: There is no event with the id evt_nobody.\n",
  });
  await here.api.patch(`/webhook-endpoints/${here.endpoint.id}`, { status: "disabled" }).expect(200);
  await newUser(here.api);
  const id = await newest();
  await expect
    .poll(async () => (await resend(id)).stderr)
    .toBe(`getsmart-sandbox: no enabled endpoint wants ${id} and no \`listen\` runs: nobody got it\n`);
  expect((await clientCommand(["resend"], { cwd })).code).toBe(2);
});
