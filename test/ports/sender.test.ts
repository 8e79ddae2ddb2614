import { NodeSender } from "../../emulator/adapters/node-http/sender.ts";
import { shouldBehaveLikeSender } from "./sender.ts";

shouldBehaveLikeSender("node-http", (timeoutMs) => new NodeSender({ timeoutMs }));
