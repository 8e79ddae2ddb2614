import { dirname, join } from "node:path";
import type { Config } from "../config.ts";
import { isLoopbackHost } from "../model/network.ts";
import type { Sandbox } from "../sandbox.ts";

/** What `start` prints when the sandbox is ready. */
export function banner(sandbox: Sandbox, readyMs: number, { host, allowHost }: Pick<Config, "host" | "allowHost">): string {
  const info = sandbox.info();
  const base = `${info.urls.api}/v1`;
  const [first] = sandbox.accounts;
  const rows: (readonly [string, string])[] = [
    ["API", sandbox.caFile === null ? `${base}  (${plain(host)})` : base],
    ["Reference", `${base}/docs`],
    ["JSON-RPC", `${info.urls.rpc}  (HTTP and WebSocket, chain id ${info.chain.chain_id})`],
    ["Control", `${info.urls.control}`],
    ...(allowHost.length === 0 && isLoopbackHost(host) ? [] : [["Hosts", `${sandbox.hosts}  (other Host headers are refused)`] as const]),
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
    `  curl ${sandbox.caFile === null ? "" : `--cacert ${word(sandbox.caFile)} `}${base}/users \\`,
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
    ...(sandbox.caFile === null ? [] : trust(sandbox.caFile, `${base}/health`)),
    ...sandbox.notices.map((notice) => `Note: ${notice}`),
    "Stop with Ctrl-C.",
    "",
    "",
  ].join("\n");
}

function plain(host: string): string {
  return isLoopbackHost(host)
    ? "plain HTTP: it stays on this machine"
    : `plain HTTP on ${host}: others can read along; --https prevents it`;
}

/** How clients come to trust the local authority: each line can be copied as it is. */
function trust(caFile: string, url: string): string[] {
  const ca = word(caFile);
  const store = word(join(dirname(caFile), "truststore.p12"));
  return [
    "Trust its authority:",
    "",
    `  curl    curl --cacert ${ca} ${url}`,
    `  Node    NODE_EXTRA_CA_CERTS=${ca} node client.mjs`,
    `  Python  SSL_CERT_FILE=${ca} python3 client.py  # requests: REQUESTS_CA_BUNDLE`,
    `  Java    keytool -importcert -noprompt -alias getsmart-sandbox -file ${ca} -keystore ${store} -storepass changeit  # once`,
    `          java -Djavax.net.ssl.trustStore=${store} -Djavax.net.ssl.trustStorePassword=changeit Client.java`,
    "",
  ];
}

/** A word for a shell. */
function word(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
