import type { Answered, Handler, Mutant, Received } from "../mutant.ts";
import { asking, at, edited, editing, header, jsonOf, own, refusal, withBody } from "../tamper.ts";

const mint = at("POST /tokens/mint");
const transfer = at("POST /tokens/transfer");
const amountOf = (request: Received) => jsonOf(request)?.amount;

export const tokenMutants: readonly Mutant[] = [
  {
    id: "M134",
    breaks: "large mints are credited with one token more",
    kills: ["TOKEN-01"],
    also: ["TOKEN-09"],
    make: () => async (request, forward) => {
      const amount = amountOf(request);
      if (!mint(request) || !/^\d{4,7}\.\d+$/.test(amount ?? "")) return await forward(request);
      const [whole = "", fraction] = amount.split(".");
      const found = await forward(withBody(request, { ...jsonOf(request), amount: `${Number(whole) + 1}.${fraction}` }));
      return found.status === 201 ? edited(found, (json) => void (json.data.amount = amount)) : found;
    },
  },
  {
    id: "M135",
    breaks: "the total is not raised by a mint",
    kills: ["TOKEN-01"],
    make: editing(
      (request, found) => at("GET /tokens")(request) && found?.status === 200,
      (json) => void (json.data.total_supply = "1000"),
    ),
  },
  {
    id: "M136",
    breaks: "amounts in exponents are taken",
    kills: ["TOKEN-02"],
    make: asking(
      (request) => mint(request) && amountOf(request) === "1e3",
      (request) => withBody(request, { ...jsonOf(request), amount: "1000" }),
    ),
  },
  {
    id: "M137",
    breaks: "more than 18 places are rounded",
    kills: ["TOKEN-02"],
    make: asking(
      (request) => mint(request) && /\.\d{19}$/.test(amountOf(request)),
      (request) => withBody(request, { ...jsonOf(request), amount: "0.000000000000000001" }),
    ),
  },
  {
    id: "M73",
    breaks: "a negative transfer pulls money",
    kills: ["TOKEN-02"],
    make: asking(
      (request) => transfer(request) && String(amountOf(request)).startsWith("-"),
      (request) => {
        const { from_user_id, to_user_id, amount } = jsonOf(request);
        return withBody(request, { from_user_id: to_user_id, to_user_id: from_user_id, amount: amount.slice(1) });
      },
    ),
  },
  {
    id: "M138",
    breaks: "a negative mint is refused, and burns",
    kills: ["TOKEN-02"],
    make:
      ({ apiKey }) =>
      async (request, forward) => {
        if (mint(request) && amountOf(request) === "-1")
          await forward(own("POST", "/tokens/burn", apiKey, { user_id: jsonOf(request).user_id, amount: "1" }));
        return await forward(request);
      },
  },
  {
    id: "M71",
    breaks: "a transfer debits and does not credit",
    kills: ["TOKEN-03"],
    also: ["TOKEN-05", "TOKEN-08", "TOKEN-10", "TOKEN-11"],
    make: () => async (request, forward) => {
      const { from_user_id, to_user_id, amount } = transfer(request) ? (jsonOf(request) ?? {}) : {};
      const whole =
        /^\d+(\.\d+)?$/.test(amount ?? "") &&
        from_user_id !== to_user_id &&
        to_user_id?.startsWith("usr_") &&
        header(request, "authorization");
      if (!whole || (await forward({ ...request, method: "GET", url: `/v1/users/${to_user_id}`, body: Buffer.alloc(0) })).status !== 200)
        return await forward(request);
      return await forward(withBody({ ...request, url: "/v1/tokens/burn" }, { user_id: from_user_id, amount }));
    },
  },
  {
    id: "M139",
    breaks: "a transfer costs a fee of a hundredth",
    kills: ["TOKEN-03"],
    also: ["TOKEN-05", "TOKEN-08", "TOKEN-10", "TOKEN-11"],
    make:
      ({ apiKey }) =>
      async (request, forward) => {
        const found = await forward(request);
        if (transfer(request) && found.status === 201)
          await forward(own("POST", "/tokens/burn", apiKey, { user_id: jsonOf(request).to_user_id, amount: "0.01" }));
        return found;
      },
  },
  {
    id: "M108",
    breaks: "a transfer of too much sends what there is",
    kills: ["TOKEN-04"],
    also: ["TOKEN-05"],
    make:
      ({ apiKey }) =>
      async (request, forward) => {
        const found = await forward(request);
        if (jsonOf(found)?.error?.code !== "INSUFFICIENT_BALANCE") return found;
        const { data } = jsonOf(await forward(own("GET", `/users/${jsonOf(request).from_user_id}/balance`, apiKey)));
        return data.balance === "0" ? found : await forward(withBody(request, { ...jsonOf(request), amount: data.balance }));
      },
  },
  {
    id: "M140",
    breaks: "too little money has the code of bad input",
    kills: ["TOKEN-04"],
    also: ["TOKEN-05"],
    make: editing(
      (_, found) => jsonOf(found as Answered)?.error?.code === "INSUFFICIENT_BALANCE",
      (json) => void (json.error.code = "VALIDATION_FAILED"),
    ),
  },
  {
    id: "M141",
    breaks: "the last of a balance cannot be sent",
    kills: ["TOKEN-05"],
    also: ["TOKEN-08"],
    make:
      ({ apiKey }) =>
      async (request, forward) => {
        const { from_user_id, to_user_id, amount } = transfer(request) ? (jsonOf(request) ?? {}) : {};
        if (!from_user_id || from_user_id === to_user_id) return await forward(request);
        const { data } = jsonOf(await forward(own("GET", `/users/${from_user_id}/balance`, apiKey)));
        return data?.balance === amount ? refusal(422, "INSUFFICIENT_BALANCE") : await forward(request);
      },
  },
  {
    id: "M142",
    breaks: "a transfer to oneself makes money",
    kills: ["TOKEN-06"],
    make: () => async (request, forward) => {
      const found = await forward(request);
      const { from_user_id, amount } = jsonOf(request) ?? {};
      return jsonOf(found)?.error?.code === "TRANSFER_NOT_ALLOWED"
        ? await forward(withBody({ ...request, url: "/v1/tokens/mint" }, { user_id: from_user_id, amount }))
        : found;
    },
  },
  {
    id: "M143",
    breaks: "a transfer to nobody is 404, and debited",
    kills: ["TOKEN-07"],
    make: () => async (request, forward) => {
      const found = await forward(request);
      const { from_user_id, amount } = jsonOf(request) ?? {};
      if (found.status === 404 && transfer(request))
        await forward(withBody({ ...request, url: "/v1/tokens/burn" }, { user_id: from_user_id, amount }));
      return found;
    },
  },
  {
    id: "M76",
    breaks: "balance checked, then acted on: two transfers at once both pass",
    kills: ["TOKEN-08"],
    make: ({ apiKey }): Handler => {
      const flying = new Map<string, number>();
      return async (request, forward) => {
        const { from_user_id: from, amount } = transfer(request) ? (jsonOf(request) ?? {}) : {};
        if (typeof from !== "string") return await forward(request);
        flying.set(from, (flying.get(from) ?? 0) + 1);
        if ((flying.get(from) ?? 0) > 1) await forward(own("POST", "/tokens/mint", apiKey, { user_id: from, amount }));
        const found = await forward(request);
        await new Promise((resolve) => setTimeout(resolve, 10));
        flying.set(from, (flying.get(from) ?? 1) - 1);
        return found;
      };
    },
  },
  {
    id: "M144",
    breaks: "the history goes through a floating-point number",
    kills: ["TOKEN-09"],
    make: editing(
      (request, found) => at("GET /tokens/transactions/*")(request) && found?.status === 200,
      (json) => void (json.data.amount = String(Number(json.data.amount))),
    ),
  },
  {
    id: "M145",
    breaks: "mints of many digits go through a floating-point number",
    kills: ["TOKEN-09"],
    make: asking(
      (request) => mint(request) && /^\d{7}\.\d{17,18}$/.test(amountOf(request) ?? ""),
      (request) => withBody(request, { ...jsonOf(request), amount: String(Number(amountOf(request))) }),
    ),
  },
  {
    id: "M146",
    breaks: "the history shows transactions twice",
    kills: ["TOKEN-10"],
    make: editing(
      (request, found) => at("GET /tokens/transactions")(request) && found?.status === 200,
      (json) => void (json.data.items = json.data.items.flatMap((each: unknown) => [each, each])),
    ),
  },
  {
    id: "M147",
    breaks: "the id that is returned is not the one in the history",
    kills: ["TOKEN-10"],
    also: ["HTTP-07", "ENV-10", "TOKEN-09"],
    make: editing(
      (request, found) => mint(request) && found?.status === 201,
      (json) => void (json.data.id = `txn_0${"0".repeat(25)}`),
    ),
  },
  {
    id: "M148",
    breaks: "balances are cached for each connection",
    kills: ["TOKEN-11"],
    make: (): Handler => {
      const kept = new Map<string, Answered>();
      return async (request, forward) => {
        if (!at("GET /users/*/balance")(request)) return await forward(request);
        const place = `${request.connection} ${request.url}`;
        const found = await forward(request);
        if (!kept.has(place)) kept.set(place, found);
        return { ...found, body: kept.get(place)?.body ?? found.body };
      };
    },
  },
];
