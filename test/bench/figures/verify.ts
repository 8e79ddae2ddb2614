import { createSandbox } from "../../../emulator/sandbox.ts";
import type { Figure, Values } from "../figure.ts";
import { load } from "../load.ts";

const LIMITS = { perSecond: 1_000_000, perHour: 100_000_000 };
const SECONDS = 6;

export const verify: Figure = {
  title: "a claimed badge verified by its GETS ID at 20 connections: POST /v1/badges/verify, and its public page",
  rounds: 5,
  variants: ["POST /badges/verify", "page"],
  async measure(variant): Promise<Values> {
    const sandbox = await createSandbox({ limits: LIMITS });
    const origin = await sandbox.listen();
    const headers = { Authorization: `Bearer ${sandbox.apiKey}` };

    async function made(path: string, body: object): Promise<{ id: string; gets_id: string }> {
      const options = { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(body) };
      return ((await (await fetch(`${origin}/v1${path}`, options)).json()) as { data: { id: string; gets_id: string } }).data;
    }
    const sponsor = await made("/users", { email: "sponsor@example.com", display_name: "Sponsor", roles: ["sponsor"] });
    const ada = await made("/users", { email: "ada@example.com", display_name: "Ada Lovelace" });
    const criteria = { narrative: "Show a recording of it." };
    const template = {
      sponsor_id: sponsor.id,
      title: "The Tech Shaman",
      description: "A model at home.",
      criteria,
      reward: { amount: "50" },
    };
    const badge = await made("/badges", template);
    await made(`/badges/${badge.id}/publish`, {});
    const { gets_id } = await made(`/badges/${badge.id}/issue`, { recipient_id: ada.id, auto_claim: true });

    if (variant === "page")
      return await load({ url: `${origin}/v1/verify/${gets_id}`, headers: { Accept: "text/html" }, seconds: SECONDS });
    return await load({ url: `${origin}/v1/badges/verify`, headers, body: { gets_id }, seconds: SECONDS });
  },
};
