import { SandboxClock } from "../../emulator/adapters/time/clock.ts";
import { shouldBehaveLikeClock } from "./clock.ts";

shouldBehaveLikeClock("time", (time) => new SandboxClock(time));
