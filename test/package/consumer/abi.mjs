import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { getSmartBadgeAbi, getsTokenAbi } from "getsmart-sandbox/abi";
import badge from "getsmart-sandbox/abi/GetSmartBadge.json" with { type: "json" };

const require = createRequire(import.meta.url);
const token = require("getsmart-sandbox/abi/GetsToken.json");
const path = require.resolve("getsmart-sandbox/abi/GetsToken.json");
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const errors = token.filter(({ type }) => type === "error").map(({ name }) => name);
console.log(
  JSON.stringify({
    isSame: same(token, getsTokenAbi) && same(badge, getSmartBadgeAbi) && same(token, JSON.parse(readFileSync(path, "utf8"))),
    hasError: errors.includes("ERC20InsufficientBalance"),
  }),
);
