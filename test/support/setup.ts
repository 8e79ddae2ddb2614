/** Runs before each test file, in its process (vitest.config.ts, setupFiles). */
import { afterAll } from "vitest";
import { clearFile } from "./clean-up.ts";

afterAll(clearFile);
