import { JoseCredentials } from "../../emulator/adapters/jose/credentials.ts";
import { shouldBehaveLikeCredentials } from "./credentials.ts";

shouldBehaveLikeCredentials("jose", (seeded) => new JoseCredentials(seeded));
