import type { Mutant } from "../mutant.ts";
import { answer, answering, at, badLimit, editing, pathOf, type When } from "../tamper.ts";

/** A list that only the survey reads, so that what is wrong in it is wrong for one reason. */
const events: When = (request, found) => at("GET /events")(request) && found?.status === 200;

export const envMutants: readonly Mutant[] = [
  { id: "M03", breaks: 'one list answers status "ok"', kills: ["ENV-01"], make: editing(events, (json) => void (json.status = "ok")) },
  {
    id: "M04",
    breaks: "an empty list has no data",
    kills: ["ENV-02"],
    also: ["ENV-10"],
    make: editing(events, (json) => void delete json.data),
  },
  {
    id: "M05",
    breaks: "data is a bare list",
    kills: ["ENV-02"],
    also: ["ENV-10"],
    make: editing(events, (json) => void (json.data = json.data.items)),
  },
  {
    id: "M06",
    breaks: "data is null where an object is declared",
    kills: ["ENV-10", "ENV-02"],
    make: editing(events, (json) => void (json.data = null)),
  },
  {
    id: "M07",
    breaks: "message is an object",
    kills: ["ENV-03"],
    make: editing(events, (json) => void (json.message = { en: json.message })),
  },
  {
    id: "M08",
    breaks: "error is a plain string",
    kills: ["ENV-04"],
    make: editing(badLimit, (json) => void (json.error = json.error.message)),
  },
  {
    id: "M09",
    breaks: 'an error answers status "fail"',
    kills: ["ENV-04"],
    make: editing(badLimit, (json) => void (json.status = "fail")),
  },
  {
    id: "M10",
    breaks: "an error has a number for a code",
    kills: ["ENV-05"],
    make: editing(badLimit, (json) => void (json.error.code = 400)),
  },
  {
    id: "M11",
    breaks: "an error has an empty message",
    kills: ["ENV-06"],
    make: editing(badLimit, (json) => void (json.error.message = "")),
  },
  {
    id: "M01",
    breaks: "a refusal is answered 200 with the error envelope",
    kills: ["ENV-07"],
    also: ["ENV-01", "ENV-02", "ENV-08", "ENV-10", "VERS-04"],
    make: answering(badLimit, (found) => ({ ...found, status: 200 })),
  },
  {
    id: "M02",
    breaks: "a refusal is answered 400 with the success envelope",
    kills: ["ENV-07"],
    also: ["ENV-04", "ENV-08", "ENV-10"],
    make: editing(badLimit, () => ({ status: "success", data: { items: [] }, message: "No users." })),
  },
  { id: "M12", breaks: "a success carries error: null", kills: ["ENV-08"], make: editing(events, (json) => void (json.error = null)) },
  { id: "M14", breaks: "an error carries data", kills: ["ENV-08"], make: editing(badLimit, (json) => void (json.data = {})) },
  {
    id: "M15",
    breaks: "an unknown route is answered by the framework's page",
    kills: ["ENV-09"],
    also: ["HTTP-01"],
    make: answering(
      (request, found) =>
        found?.status === 404 &&
        /^\/v1\/\w+(\/\w+)?$/.test(pathOf(request)) &&
        !/^\/v1\/(users|tokens|badges|awards|events|api-keys)/.test(pathOf(request)),
      (found) => ({ ...found, headers: { ...found.headers, "content-type": "text/html" }, body: Buffer.from("<h1>Cannot GET</h1>") }),
    ),
  },
  {
    id: "M17",
    breaks: "the body parser's own error for a large body",
    kills: ["ENV-09"],
    also: ["ENV-04", "ENV-10"],
    make: answering(
      (_, found) => found?.status === 413,
      (found) => ({ ...answer(413, { message: "request entity too large" }), headers: found.headers }),
    ),
  },
  {
    id: "M20",
    breaks: "times of one list are written in words",
    kills: ["ENV-10"],
    make: editing(events, (json) => json.data.items.forEach((each: { timestamp: string }) => void (each.timestamp = "yesterday"))),
  },
  { id: "M22", breaks: "an undocumented status", kills: ["ENV-10"], make: answering(events, (found) => ({ ...found, status: 203 })) },
];
