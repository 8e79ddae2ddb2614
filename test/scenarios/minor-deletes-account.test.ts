import { expect } from "vitest";
import { refusal, template } from "../support/client.ts";
import { balanceOf, enrol, inBothWorlds } from "./worlds.ts";

inBothWorlds("A minor deletes their account", async ({ api }) => {
  const sponsor = await enrol(api, "Museum of Time", { roles: ["sponsor"] });
  await api.post("/tokens/mint", { user_id: sponsor.id, amount: "100" }).expect(201);
  const kid = await enrol(api, "Kim Little");
  const reward = { amount: "30", funding: "sponsor" };
  const badge = async (title: string) => {
    const { data } = (await api.post("/badges", template({ sponsor_id: sponsor.id, title, reward })).expect(201)).body;
    await api.post(`/badges/${data.id}/publish`).expect(200);
    return data;
  };
  const apply = async ({ id }: { id: string }) => {
    const evidence = [{ type: "text", value: "My name is Kim and I live in Elm Street." }];
    return (await api.post(`/badges/${id}/applications`, { recipient_id: kid.id, evidence, narrative: "I, Kim, did it." }).expect(201)).body
      .data;
  };

  // Kim has one badge, was promised another, and has asked for a third.
  const [earned, promised, asked] = [
    await apply(await badge("Time Traveller")),
    await apply(await badge("Map Reader")),
    await apply(await badge("Digger")),
  ];
  for (const { id } of [earned, promised]) await api.post(`/awards/${id}/approve`, { note: "Well done, Kim." }).expect(200);
  await api.post(`/awards/${earned.id}/claim`).expect(200);
  expect([await balanceOf(api, sponsor), await balanceOf(api, kid)]).toEqual(["40", "30"]);

  await api.delete(`/users/${kid.id}`).expect(204);

  // What is on the chain stays; the promise is taken back and its reward returned; the application is turned down.
  const statusOf = async ({ id }: { id: string }) => (await api.get(`/awards/${id}`).expect(200)).body.data.status;
  expect([await statusOf(earned), await statusOf(promised), await statusOf(asked)]).toEqual(["claimed", "revoked", "rejected"]);
  expect([await balanceOf(api, sponsor), await balanceOf(api, kid)]).toEqual(["70", "30"]);

  // Nothing tells who Kim was, neither the awards nor the events of before.
  for (const path of [`/users/${kid.id}/awards`, "/events?limit=100", `/users/${kid.id}`]) {
    expect((await api.get(path).expect(200)).text).not.toContain("Kim");
  }

  // Nobody can award them anything any more, and somebody else can have the address.
  const again = { recipient_id: kid.id };
  await api.post(`/badges/${asked.badge_id}/applications`, again).expect(refusal("USER_DELETED"));
  await enrol(api, "Kim Little");
});
