import { createSandbox } from "getsmart-sandbox";

const sandbox = await createSandbox({ seed: 1 });
const origin = await sandbox.listen();
const answer = await fetch(`${origin}/v1/users`, {
  method: "POST",
  headers: { Authorization: `Bearer ${sandbox.apiKey}`, "Content-Type": "application/json" },
  body: JSON.stringify({ email: "grace@example.com", display_name: "Grace Hopper" }),
});
const { data } = await answer.json();
console.log(JSON.stringify({ status: answer.status, display_name: data.display_name }));
await sandbox.close();
