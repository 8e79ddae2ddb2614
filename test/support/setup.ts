/** Runs before each test file, in its process (vitest.config.ts, setupFiles). */
import { afterAll } from "vitest";
import { clearFile } from "./clean-up.ts";

// Each check of an answer keeps where it was made; Vitest asks for a hundred frames, source maps applied.
Error.stackTraceLimit = 15;

afterAll(clearFile);
