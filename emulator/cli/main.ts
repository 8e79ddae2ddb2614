import { reportAndExit } from "./failures.ts";
import { guardOutput } from "./output.ts";
import { createProgram } from "./program.ts";

guardOutput();
createProgram().parseAsync().catch(reportAndExit);
