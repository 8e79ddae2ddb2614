import { openWorld } from "../support/engine-world.ts";
import { shouldBehaveLikeUnitOfWork } from "./unit-of-work.ts";

shouldBehaveLikeUnitOfWork("engine", () => openWorld());
