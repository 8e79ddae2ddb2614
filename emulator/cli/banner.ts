import type { Sandbox } from "../sandbox.ts";

/** What `start` prints when the sandbox is ready. */
export function banner(sandbox: Sandbox, readyMs: number): string {
  const info = sandbox.info();
  const base = `${info.urls.api}/v1`;
  const [first] = sandbox.accounts;
  const rows: [string, string][] = [
    ["API", sandbox.caFile === null ? `${base}  (plain HTTP: it stays on this machine)` : base],
    ["Reference", `${base}/docs`],
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
    `  curl ${sandbox.caFile === null ? "" : `--cacert ${sandbox.caFile} `}${base}/users \\`,
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
    ...(sandbox.caFile === null ? [] : trust(sandbox.caFile)),
    ...sandbox.notices.map((notice) => `Note: ${notice}`),
    "Stop with Ctrl-C.",
    "",
    "",
  ].join("\n");
}

/** How clients come to trust the local authority. */
function trust(caFile: string): string[] {
  return [
    "Trust the certificate, once:",
    "",
    `  curl     --cacert ${caFile}`,
    `  Node     NODE_EXTRA_CA_CERTS=${caFile}`,
    `  Python   SSL_CERT_FILE=${caFile}  (requests: REQUESTS_CA_BUNDLE)`,
    `  Java     keytool -importcert -noprompt -cacerts -storepass changeit -alias getsmart-sandbox -file ${caFile}`,
    "",
  ];
}
