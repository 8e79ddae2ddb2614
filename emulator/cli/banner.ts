import type { Sandbox } from "../sandbox.ts";

/** What `start` prints when the sandbox is ready. */
export function banner(sandbox: Sandbox, readyMs: number): string {
  const info = sandbox.info();
  const base = `${info.urls.api}/v1`;
  const [first] = sandbox.accounts;
  const rows: [string, string][] = [
    ["API", `${base}  (plain HTTP is fine on loopback)`],
    ["JSON-RPC", `${info.urls.rpc}  (HTTP and WebSocket, chain id ${info.chain.chain_id})`],
    ["Control", `${info.urls.control}`],
    ["API key", `${sandbox.apiKey}  (the same everywhere; worth nothing elsewhere)`],
    ["GETS", `${info.chain.token_address}`],
    ["Badge", `${info.chain.badge_address}`],
    ["Account", `${first?.address}`],
    ["  its key", `${first?.privateKey}`],
    ["", `publicly known, as are the other ${sandbox.accounts.length - 1}: never use them on a real chain`],
    ["Fixture", info.fixture],
    ["Clock", info.seed === null ? "runs" : `frozen at ${sandbox.clock.show().now} (seed ${info.seed}); \`clock advance\` moves it`],
    ["Data", info.data_dir ?? "in memory only"],
    ["Node", info.node],
  ];
  const curl = [
    `  curl ${base}/users \\`,
    `    -H "Authorization: Bearer ${sandbox.apiKey}" \\`,
    `    -H "Content-Type: application/json" \\`,
    `    -d '{"email": "ada@example.com", "display_name": "Ada Lovelace"}'`,
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    "",
    `getsmart-sandbox ${info.version} is ready after ${readyMs} ms`,
    "",
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    "",
    "Try it:",
    "",
    ...curl,
    "",
    ...sandbox.notices.map((notice) => `Note: ${notice}`),
    "Stop with Ctrl-C.",
    "",
    "",
  ].join("\n");
}
