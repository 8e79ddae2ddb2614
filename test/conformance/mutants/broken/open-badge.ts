import { createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import type { Answered, Handler, Mutant, Received } from "../mutant.ts";
import { answer, answering, asking, at, editing, header, jsonOf, own, refusal, withKey } from "../tamper.ts";

const key = at("GET /jwks/*");
const credential = at("GET /awards/*/credential");
const picture = at("GET /awards/*/image");
const isKeyless = (request: Received) => header(request, "authorization") === undefined;
const isPlain = (request: Received) => credential(request) && header(request, "accept") === "text/plain";

/** Signs credentials again, with a key of its own that it also publishes. */
function resigning(typ: string): Handler {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const { n, e } = createPublicKey(privateKey).export({ format: "jwk" });
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return async (request, forward) => {
    const found = await forward(request);
    if (found.status !== 200) return found;
    if (key(request)) return answer(200, { ...jsonOf(found), n, e }, found.headers);
    if (at("GET /jwks.json")(request)) {
      return answer(200, { keys: jsonOf(found).keys.map((each: object) => ({ ...each, n, e })) }, found.headers);
    }
    if (!credential(request)) return found;
    const [head, payload] = found.body.toString().split(".") as [string, string];
    const signed = `${encoded({ ...JSON.parse(Buffer.from(head, "base64url").toString()), typ })}.${payload}`;
    return { ...found, body: Buffer.from(`${signed}.${sign("sha256", Buffer.from(signed), privateKey).toString("base64url")}`) };
  };
}

const withoutLength = ({ headers }: Answered) => Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "content-length"));

export const openBadgeMutants: readonly Mutant[] = [
  {
    id: "M271",
    breaks: "kid leads to the key set",
    kills: ["VERIFY-09"],
    also: ["ENV-10"],
    make:
      ({ apiKey }): Handler =>
      async (request, forward) => {
        const found = await forward(request);
        return key(request) && found.status === 200 ? await forward(own("GET", "/jwks.json", apiKey)) : found;
      },
  },
  {
    id: "M272",
    breaks: "the key of credentials asks for an API key",
    kills: ["VERIFY-09"],
    also: ["ENV-10"],
    make: () => async (request, forward) =>
      key(request) && isKeyless(request) ? refusal(401, "AUTHENTICATION_REQUIRED") : await forward(request),
  },
  {
    id: "M273",
    breaks: "kid leads to another key",
    kills: ["VERIFY-09"],
    make: editing(
      (request, found) => key(request) && found?.status === 200,
      (json) => void (json.n = `${json.n.slice(0, -8)}AAAAAAAA`),
    ),
  },
  {
    id: "M274",
    breaks: "typ is vc+jwt, as VC-JOSE-COSE has it",
    kills: ["VERIFY-09"],
    also: ["VERIFY-01", "VERIFY-02", "VERIFY-10", "VERIFY-11"],
    make: () => resigning("vc+jwt"),
  },
  {
    id: "M275",
    breaks: "text/plain is not served",
    kills: ["VERIFY-10"],
    make: () => async (request, forward) => (isPlain(request) ? refusal(406, "NOT_ACCEPTABLE") : await forward(request)),
  },
  {
    id: "M276",
    breaks: "text/plain is another JWT",
    kills: ["VERIFY-10"],
    make: answering(
      (request, found) => isPlain(request) && found?.status === 200,
      (found) => ({ ...found, headers: withoutLength(found), body: Buffer.from(found.body.toString().replace(/\.[^.]+$/, ".AAAA")) }),
    ),
  },
  {
    id: "M277",
    breaks: "the picture of a claimed award asks for a key",
    kills: ["VERIFY-11"],
    make: () => async (request, forward) =>
      picture(request) && isKeyless(request) ? refusal(401, "AUTHENTICATION_REQUIRED") : await forward(request),
  },
  {
    id: "M278",
    breaks: "every picture is public",
    kills: ["VERIFY-11"],
    make: (here) =>
      asking(
        (request) => picture(request) && isKeyless(request),
        (request) => withKey(request, here.apiKey),
      )(),
  },
  {
    id: "M279",
    breaks: "pictures are without the credential",
    kills: ["VERIFY-11"],
    make: answering(picture, (found) => ({
      ...found,
      body: Buffer.from(found.body.toString("latin1").replace("openbadgecredential", "openbadges"), "latin1"),
    })),
  },
];
