import { nodeRequire } from "../node-require.ts";

export const express: typeof import("express") = nodeRequire("express");
