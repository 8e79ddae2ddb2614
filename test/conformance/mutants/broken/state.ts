import { minus } from "../../kit/amounts.ts";
import type { Answered, Mutant, Received } from "../mutant.ts";
import { asking, at, edited, jsonOf, own, withBody } from "../tamper.ts";

const mint = at("POST /tokens/mint");
const burn = at("POST /tokens/burn");
const transfer = at("POST /tokens/transfer");

/** Right once, wrong the next time: what no check of a single step can see. */
export const stateMutants: readonly Mutant[] = [
  {
    id: "S01",
    breaks: "every third transfer of a user is not taken from them",
    kills: ["STATE-01"],
    make: ({ apiKey }) => {
      const times = counter();
      return async (request, forward) => {
        const found = await forward(request);
        if (!transfer(request) || found.status !== 201) return found;
        const { from_user_id: user_id, amount } = jsonOf(request);
        if (times(user_id) % 3 === 0) await forward(own("POST", "/tokens/mint", apiKey, { user_id, amount }));
        return found;
      };
    },
  },
  {
    id: "S02",
    breaks: "a mint of an amount that the user was minted before is taken for a repetition",
    kills: ["STATE-01"],
    make: () => {
      const seen = new Map<string, Answered>();
      return async (request, forward) => {
        if (!mint(request)) return await forward(request);
        const { user_id, amount } = jsonOf(request) ?? {};
        const found = seen.get(`${user_id} ${amount}`) ?? (await forward(request));
        if (found.status === 201) seen.set(`${user_id} ${amount}`, found);
        return found;
      };
    },
  },
  {
    id: "S03",
    breaks: "who has burned once burns nothing any more",
    kills: ["STATE-01"],
    make: () => {
      const first = new Map<string, Answered>();
      return async (request, forward) => {
        const user = burn(request) ? jsonOf(request)?.user_id : undefined;
        const found = first.get(user) ?? (await forward(request));
        if (typeof user === "string" && found.status === 201) first.set(user, found);
        return found;
      };
    },
  },
  {
    id: "S05",
    breaks: "what a user gets by every third transfer is seen after the next change only: in the end all is right",
    kills: ["STATE-01"],
    make: () => {
      const times = counter();
      let unseen: { readonly place: string; readonly amount: string } | null = null;
      return async (request, forward) => {
        const found = await forward(request);
        if (request.method !== "GET") unseen = null;
        if (transfer(request) && found.status === 201) {
          const { to_user_id, amount } = jsonOf(request);
          if (times(to_user_id) % 3 === 0) unseen = { place: `/v1/users/${to_user_id}/balance`, amount };
        }
        const { place, amount } = unseen ?? { place: null, amount: "0" };
        if (place !== request.url || found.status !== 200) return found;
        return edited(found, (json) => void (json.data.balance = minus(json.data.balance, amount)));
      };
    },
  },
  {
    id: "S04",
    breaks: "the third new name of a user is the second one",
    kills: ["STATE-01"],
    make: () => {
      const times = counter();
      const names = new Map<string, string>();
      const renames = (request: Received) => at("PATCH /users/*")(request) && typeof jsonOf(request)?.display_name === "string";
      return asking(renames, (request) => {
        const nth = times(request.url);
        const name = nth === 3 ? (names.get(request.url) ?? "") : jsonOf(request).display_name;
        names.set(request.url, name);
        return withBody(request, { ...jsonOf(request), display_name: name });
      })();
    },
  },
];

/** How often something has been asked. */
function counter(): (name: string) => number {
  const counts = new Map<string, number>();
  return (name) => {
    counts.set(name, (counts.get(name) ?? 0) + 1);
    return counts.get(name) ?? 0;
  };
}
