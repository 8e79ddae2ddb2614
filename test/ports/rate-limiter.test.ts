import { SlidingWindows } from "../../emulator/adapters/memory/rate-limiter.ts";
import { shouldBehaveLikeRateLimiter } from "./rate-limiter.ts";

shouldBehaveLikeRateLimiter("memory", (policies, meterAll) => new SlidingWindows(policies, meterAll));
