import { createSandbox } from "getsmart-sandbox";
import { story } from "./story.mjs";

const sandbox = await createSandbox({ fixture: "course" });
console.log(await story(sandbox));
await sandbox.close();
