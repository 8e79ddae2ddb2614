import { createSandbox } from "getsmart-sandbox";
import { story } from "./story.mjs";

test("createSandbox()", async () => {
  const sandbox = await createSandbox({ fixture: "course" });
  expect(await story(sandbox)).toBe("confirmed");
  await sandbox.import(await sandbox.export());
  await sandbox.close();
}, 60_000);
