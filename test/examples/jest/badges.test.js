const { GETSMART_BASE_URL, GETSMART_API_KEY, GETSMART_CONTROL_URL } = process.env;

/** The data of an answer; throws its error code. */
async function call(method, path, body) {
  const answer = await fetch(GETSMART_BASE_URL + path, {
    method,
    headers: { Authorization: `Bearer ${GETSMART_API_KEY}`, "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
  });
  const { data, error } = await answer.json();
  if (error) throw new Error(`${error.code}: ${error.message}`);
  return data;
}

const control = (path, body) =>
  fetch(GETSMART_CONTROL_URL + path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
  });

afterEach(() => control("/reset"));

async function approvedAward() {
  const school = await call("POST", "/users", { email: "school@example.com", display_name: "School", roles: ["sponsor"] });
  const ada = await call("POST", "/users", { email: "ada@example.com", display_name: "Ada" });
  const badge = await call("POST", "/badges", {
    sponsor_id: school.id,
    title: "History Hero",
    description: "For time travellers.",
    criteria: { narrative: "Explain an event of the past to your class." },
    reward: { amount: "5" },
  });
  await call("POST", `/badges/${badge.id}/publish`);
  const award = await call("POST", `/badges/${badge.id}/applications`, { recipient_id: ada.id });
  await call("POST", `/awards/${award.id}/approve`);
  return award.id;
}

test("an approved award can be claimed, and anybody can verify it", async () => {
  const id = await approvedAward();
  expect((await call("POST", `/awards/${id}/claim`)).status).toBe("claimed");
  expect((await call("POST", "/badges/verify", { award_id: id })).verified).toBe(true);
});

test("after three months it is too late to claim it", async () => {
  const id = await approvedAward();
  await control("/clock/advance", { by: "91d" });
  await expect(call("POST", `/awards/${id}/claim`)).rejects.toThrow("CLAIM_EXPIRED");
});
