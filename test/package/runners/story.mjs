import { request } from "node:http";

/** Uses every part of a sandbox that needs something of its surroundings: sockets, chain, time, snapshots, doctor, threads. */
export async function story(sandbox) {
  const base = `${await sandbox.listen()}/v1`;
  const call = (path, body) => post(base + path, sandbox.apiKey, body);
  const { id } = await call("/users", { email: "ada@example.com", display_name: "Ada" });
  const { status } = await call("/tokens/mint", { user_id: id, amount: "5" });
  await sandbox.listenRpc();
  await sandbox.clock.advance("2d");
  const snapshot = await sandbox.snapshot("story");
  await snapshot.restore();
  await sandbox.doctor();
  return status;
}

/** Not fetch, which pages of jsdom do not have. */
function post(url, key, body) {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: "POST", headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" } });
    call.on("error", reject).on("response", async (response) => {
      const { data, error } = JSON.parse((await response.setEncoding("utf8").toArray()).join(""));
      if (error) reject(new Error(`${error.code}: ${error.message}`));
      else resolve(data);
    });
    call.end(JSON.stringify(body));
  });
}
