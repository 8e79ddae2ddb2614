import request from "supertest";
import { createSandbox } from "../../emulator/sandbox.ts";

/** TEMPORARY: whether the operations of the area Achievements are there. */
export async function achievementsAreBuilt(): Promise<boolean> {
  const sandbox = await createSandbox();
  const { body } = await request(sandbox.app).get("/v1/achievements/none").set("Authorization", `Bearer ${sandbox.apiKey}`);
  await sandbox.close();
  return body.error.code !== "ROUTE_NOT_FOUND";
}
