import type { Answered, Handler, Mutant, Received } from "../mutant.ts";
import { answer, asking, at, edited, editing, jsonOf, type Loose, own, pathOf, withBody } from "../tamper.ts";

const record = at("POST /users/*/achievements/*/progress");
const read = at("GET /users/*/achievements/*");
const updatesOf = (request: Received): Loose[] => {
  const updates = record(request) ? jsonOf(request)?.updates : undefined;
  return Array.isArray(updates) ? updates : [];
};
const partsOf = (request: Received) => pathOf(request).split("/") as string[];
const codeOf = (found: Answered) => jsonOf(found)?.error?.code;
const withUpdates = (request: Received, change: (update: Loose) => Loose) =>
  withBody(request, { ...jsonOf(request), updates: updatesOf(request).flatMap(change) });

export const achMutants: readonly Mutant[] = [
  {
    id: "M163",
    breaks: "progress is acknowledged, and not read again",
    kills: ["ACH-01"],
    also: ["ACH-02", "ACH-03", "ACH-04", "ACH-05", "ACH-06"],
    make: (): Handler => {
      const first = new Map<string, Answered>();
      return async (request, forward) => {
        const found = await forward(request);
        if (!read(request) || found.status !== 200) return found;
        if (!first.has(request.url)) first.set(request.url, found);
        return first.get(request.url) ?? found;
      };
    },
  },
  {
    id: "M164",
    breaks: "an increment replaces the count",
    kills: ["ACH-01"],
    also: ["ACH-03", "ACH-04"],
    make: asking(
      (request) => updatesOf(request).some(({ mode, value }) => mode === "increment" && value > 0),
      (request) => withUpdates(request, (update) => (update.mode === "increment" ? { ...update, mode: "at_least" } : update)),
    ),
  },
  {
    id: "M165",
    breaks: "the user's list shows no progress",
    kills: ["ACH-01"],
    make: editing(
      (request, found) => at("GET /users/*/achievements")(request) && found?.status === 200,
      (json) => {
        for (const each of json.data.items) each.percent = 0;
      },
    ),
  },
  {
    id: "M166",
    breaks: "fractions are rounded up",
    kills: ["ACH-02"],
    make: asking(
      (request) => updatesOf(request).some(({ value }) => value === 0.5),
      (request) => withUpdates(request, (update) => ({ ...update, value: Math.ceil(update.value) })),
    ),
  },
  {
    id: "M167",
    breaks: "updates of unknown requirements are left out, the others counted",
    kills: ["ACH-02"],
    make: () => async (request, forward) => {
      const found = await forward(request);
      return codeOf(found) === "INVALID_PROGRESS" && updatesOf(request).length > 1
        ? await forward(withUpdates(request, (update) => (update.requirement_id === "questions" ? update : [])))
        : found;
    },
  },
  {
    id: "M168",
    breaks: "a negative increment is refused, and counted",
    kills: ["ACH-02"],
    make: () => async (request, forward) => {
      const found = await forward(request);
      if (found.status === 400 && updatesOf(request)[0]?.value === -1)
        await forward(withUpdates(request, (update) => ({ ...update, value: 1 })));
      return found;
    },
  },
  {
    id: "M81",
    breaks: "complete at 99 percent",
    kills: ["ACH-03"],
    make: editing(
      (request, found) => (read(request) || record(request)) && jsonOf(found as Answered)?.data?.percent === 99,
      (json) => void Object.assign(json.data, { status: "completed", percent: 100 }),
    ),
  },
  {
    id: "M169",
    breaks: "one requirement is enough",
    kills: ["ACH-03"],
    make: editing(
      (request, found) =>
        (read(request) || record(request)) && jsonOf(found as Answered)?.data?.requirements?.some((each: Loose) => each.completed),
      (json) => void (json.data.status = "completed"),
    ),
  },
  {
    id: "M170",
    breaks: "current goes beyond the target",
    kills: ["ACH-03"],
    make: editing(
      (request, found) => read(request) && jsonOf(found as Answered)?.data?.requirements?.[1] !== undefined,
      (json) => {
        for (const each of json.data.requirements) if (each.completed) each.current += 3;
      },
    ),
  },
  {
    id: "M171",
    breaks: "every update beyond the target pays the reward again",
    kills: ["ACH-04"],
    make:
      ({ apiKey }) =>
      async (request, forward) => {
        const found = await forward(request);
        const { data } = record(request) ? (jsonOf(found) ?? {}) : {};
        if (data?.status === "completed" && data.award_id && !data.newly_completed)
          await forward(own("POST", "/tokens/mint", apiKey, { user_id: data.user_id, amount: "7" }));
        return found;
      },
  },
  {
    id: "M172",
    breaks: "an update of what is completed completes it anew",
    kills: ["ACH-04"],
    make: editing(
      (request, found) => record(request) && jsonOf(found as Answered)?.data?.status === "completed",
      (json) => void (json.data.newly_completed = true),
    ),
  },
  {
    id: "M116",
    breaks: "progress is kept by achievement alone, shared by users",
    kills: ["ACH-05"],
    make: (): Handler => {
      const first = new Map<string, string>();
      return async (request, forward) => {
        const [, , , user = "", , achievement = ""] = partsOf(request);
        if (record(request) && !first.has(achievement)) first.set(achievement, user);
        const found = await forward(request);
        const owner = first.get(achievement);
        if (!read(request) || found.status !== 200 || !owner || owner === user) return found;
        const theirs = await forward({ ...request, url: request.url.replace(user, owner) });
        return edited(theirs, (json) => void (json.data.user_id = user));
      };
    },
  },
  {
    id: "M173",
    breaks: "progress of an unknown achievement is not_started",
    kills: ["ACH-05"],
    also: ["HTTP-06", "ENV-10", "VERS-04"],
    make: () => async (request, forward) => {
      const found = await forward(request);
      return read(request) && codeOf(found) === "ACHIEVEMENT_NOT_FOUND"
        ? answer(200, { status: "success", data: { status: "not_started", percent: 0, requirements: [] }, message: "Nothing yet." })
        : found;
    },
  },
  {
    id: "M174",
    breaks: "prerequisites are not looked at",
    kills: ["ACH-06"],
    make: asking(
      (request) => at("POST /achievements")(request) && jsonOf(request)?.prerequisites,
      (request) => withBody(request, { ...jsonOf(request), prerequisites: [] }),
    ),
  },
  {
    id: "M175",
    breaks: "what is retired still counts",
    kills: ["ACH-06"],
    make:
      ({ apiKey }) =>
      async (request, forward) => {
        const found = await forward(request);
        if (codeOf(found) !== "ACHIEVEMENT_NOT_ACTIVE") return found;
        const place = `/achievements/${partsOf(request)[5]}`;
        await forward(own("PATCH", place, apiKey, { status: "active" }));
        return await forward(request);
      },
  },
];
