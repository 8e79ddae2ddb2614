import { expect } from "vitest";
import { refusal } from "../support/client.ts";
import { balanceOf, enrol, inBothWorlds } from "./worlds.ts";

/** The missions of the course, in their order, as the platform pays them. */
const REWARDS = ["50", "50", "75", "75", "75", "75", "75", "75", "81", "369"];

inBothWorlds(
  "A learner completes the ten missions",
  async ({ api }) => {
    const ada = await enrol(api, "Ada Lovelace");
    const { items } = (await api.get("/achievements?kind=mission&limit=100").expect(200)).body.data;
    const missions = items.toReversed() as { id: string; name: string; requirements: { id: string; target: number }[] }[];
    expect(missions).toHaveLength(10);
    const record = (mission: { id: string }, value: number) =>
      api.post(`/users/${ada.id}/achievements/${mission.id}/progress`, { updates: [{ mode: "increment", value }] });

    // Nobody begins with the last.
    await record(missions[9] as { id: string }, 1).expect(refusal("PREREQUISITE_NOT_MET"));

    // One after the other: each pays at once, and only when it is complete.
    let earned = 0;
    for (const [index, mission] of missions.entries()) {
      const target = mission.requirements.reduce((sum, requirement) => sum + requirement.target, 0);
      if (target > 1) await record(mission, target - 1).expect(200);
      expect(await balanceOf(api, ada)).toBe(String(earned));
      const { data } = (await record(mission, 1).expect(200)).body;
      expect(data).toMatchObject({ status: "completed", newly_completed: true, issue_error: null });
      const award = (await api.get(`/awards/${data.award_id}`).expect(200)).body.data;
      expect(award).toMatchObject({ status: "claimed", source: "achievement", reward: { amount: REWARDS[index] } });
      earned += Number(REWARDS[index]);
      expect(await balanceOf(api, ada)).toBe(String(earned));
    }

    // A thousand GETS, and ten badges that cannot leave her wallet.
    expect(await balanceOf(api, ada)).toBe("1000");
    const rewards = (await api.get(`/tokens/transactions?user_id=${ada.id}&limit=100`).expect(200)).body.data.items;
    expect(rewards.map(({ type, amount }: { type: string; amount: string }) => [type, amount]).reverse()).toEqual(
      REWARDS.map((amount) => ["reward", amount]),
    );
    const awards = (await api.get(`/users/${ada.id}/awards?limit=100`).expect(200)).body.data.items;
    expect(awards.map(({ chain }: { chain: { locked: boolean } }) => chain.locked)).toEqual(Array(10).fill(true));
    expect((await api.get("/tokens").expect(200)).body.data.total_supply).toBe("1000");

    // Doing a mission again pays nothing.
    const again = (await record(missions[0] as { id: string }, 3).expect(200)).body.data;
    expect(again.newly_completed).toBe(false);
    expect(await balanceOf(api, ada)).toBe("1000");
  },
  { fixture: "course" },
);
