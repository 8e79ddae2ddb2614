import { spawn } from "node:child_process";
import type { AddressInfo } from "node:net";
import express from "express";
import { DEFAULT_KEY } from "../../../emulator/services/keys.ts";
import type { Figure, Values } from "../figure.ts";
import { load } from "../load.ts";
import { answers, freePort, installed, prism } from "../peers.ts";

const LIMITS = { perSecond: 1_000_000, perHour: 100_000_000 };
const SECONDS = 6;

/** Headers that Node sets by itself. */
const OWN = ["date", "connection", "keep-alive", "transfer-encoding"];

export const get: Figure = {
  title:
    "GET /v1/users/{id} at 20 connections, with key, limits, ETag and validation on, beside a bare Express 5 app sending the same bytes, and Prism on our document",
  rounds: 5,
  variants: ["sandbox", "bare Express", "Prism"],
  async measure(variant): Promise<Values> {
    if (variant === "Prism") return await throughPrism();
    const { createSandbox } = await installed();
    const sandbox = await createSandbox({ limits: LIMITS });
    const origin = await sandbox.listen();
    const headers = { Authorization: `Bearer ${sandbox.apiKey}` };
    const created = await fetch(`${origin}/v1/users`, {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/json" },
      body: JSON.stringify({ email: "ada@example.com", display_name: "Ada Lovelace" }),
    });
    const path = created.headers.get("location") as string;
    if (variant === "sandbox") return await load({ url: origin + path, headers, seconds: SECONDS });
    const sample = await fetch(origin + path, { headers });
    const body = await sample.text();
    await sandbox.close();
    return await load({ url: (await bare(path, [...sample.headers], body)) + path, headers, seconds: SECONDS });
  },
  judge: ({ sandbox, "bare Express": bare, Prism }) => {
    const ratio = (by?: Values) => ((sandbox?.requests_per_s ?? 0) / (by?.requests_per_s ?? 1)).toFixed(2);
    return [`sandbox ÷ bare Express: ${ratio(bare)} (aim 0.6)`, `sandbox ÷ Prism: ${ratio(Prism)} (aim 3)`];
  },
};

/** The same operation, answered from the document's example. */
async function throughPrism(): Promise<Values> {
  const port = await freePort();
  const child = spawn(process.execPath, [...prism(port)], { stdio: "ignore" });
  const url = `http://127.0.0.1:${port}/users/usr_01M872DH8G000001W0554FK09V`;
  const headers = { Authorization: `Bearer ${DEFAULT_KEY}` };
  try {
    await answers(() => fetch(url, { headers }), child);
    return await load({ url, headers, seconds: SECONDS });
  } finally {
    child.kill("SIGKILL");
  }
}

/** Express with one route that sends these headers and this body. */
async function bare(path: string, headers: readonly [string, string][], body: string): Promise<string> {
  const app = express().disable("x-powered-by").disable("etag");
  const sent = headers.filter(([name]) => !OWN.includes(name));
  app.get(path, (_req, res) => {
    for (const [name, value] of sent) res.setHeader(name, value);
    res.end(body);
  });
  const server = await new Promise<ReturnType<typeof app.listen>>((resolve) => {
    const listening = app.listen(0, "127.0.0.1", () => resolve(listening));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
