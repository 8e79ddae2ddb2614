import type { Answered, Handler, Mutant, Received } from "../mutant.ts";
import {
  answer,
  asking,
  at,
  edited,
  editing,
  header,
  heading,
  jsonOf,
  type Loose,
  own,
  pathOf,
  refusal,
  withBody,
  withHeaders,
} from "../tamper.ts";

const verify = at("POST /badges/verify");
const page = at("GET /verify/*");
const credential = at("GET /awards/*/credential");
const isJson = (found?: Answered) => String(found?.headers["content-type"]).startsWith("application/json");
const isFound = (request: Received, found?: Answered) => (verify(request) || page(request)) && found?.status === 200 && isJson(found);
const partsOf = (text: unknown) => String(text).split(".");
const claims = (text: unknown): Loose => jsonOf({ body: Buffer.from(partsOf(text)[1] ?? "", "base64url") });

/** Believes a credential without looking at its signature, when it is forged in this way. */
function believing(way: (credential: string) => boolean): NonNullable<Mutant["make"]> {
  return asking(
    (request) => verify(request) && partsOf(jsonOf(request)?.credential).length === 3 && way(jsonOf(request).credential),
    (request) =>
      withBody(request, {
        award_id: String(claims(jsonOf(request).credential)?.jti)
          .split("/")
          .at(-2),
      }),
  );
}

export const verifyMutants: readonly Mutant[] = [
  {
    id: "M223",
    breaks: "a transaction is not found",
    kills: ["VERIFY-01"],
    make: asking(
      (request) => verify(request) && jsonOf(request)?.tx_hash,
      (request) => withBody(request, { tx_hash: `0x${"0".repeat(64)}` }),
    ),
  },
  {
    id: "M224",
    breaks: "the public address asks for a key",
    kills: ["VERIFY-01"],
    also: ["ENV-10", "VERIFY-03", "VERIFY-07", "VERIFY-08"],
    make: () => async (request, forward) => (page(request) ? refusal(401, "AUTHENTICATION_REQUIRED") : await forward(request)),
  },
  {
    id: "M225",
    breaks: "an unknown GETS ID is 404 to the public",
    kills: ["VERIFY-01"],
    also: ["ENV-10"],
    make: () => async (request, forward) => {
      const found = await forward(request);
      return page(request) && isJson(found) && jsonOf(found).data?.status === "not_found" ? refusal(404, "AWARD_NOT_FOUND") : found;
    },
  },
  { id: "M226", breaks: "the signature of a credential is not looked at", kills: ["VERIFY-02"], make: believing(() => true) },
  { id: "M227", breaks: "alg none is believed", kills: ["VERIFY-02"], make: believing((text) => partsOf(text)[2] === "") },
  {
    id: "M228",
    breaks: "a forged credential is not found, rather than invalid",
    kills: ["VERIFY-02"],
    make: editing(
      (request, found) => isFound(request, found) && jsonOf(found as Answered).data?.status === "invalid_credential",
      (json) => void (json.data.status = "not_found"),
    ),
  },
  {
    id: "M229",
    breaks: "verification shows the evidence",
    kills: ["VERIFY-03"],
    make:
      ({ apiKey }): Handler =>
      async (request, forward) => {
        const found = await forward(request);
        const id = isFound(request, found) ? jsonOf(found).data?.award?.id : undefined;
        if (!id) return found;
        const { data } = jsonOf(await forward(own("GET", `/awards/${id}`, apiKey)));
        return edited(found, (json) => void (json.data.award.evidence = data.evidence));
      },
  },
  {
    id: "M230",
    breaks: "the page greets the holder by name",
    kills: ["VERIFY-03"],
    make:
      ({ apiKey }): Handler =>
      async (request, forward) => {
        const found = await forward(request);
        if (!page(request) || isJson(found)) return found;
        const plain = jsonOf(await forward(withHeaders(request, { accept: "application/json" })));
        const { data } = jsonOf(await forward(own("GET", `/users/${plain.data?.award?.recipient_id}`, apiKey)));
        return { ...found, body: Buffer.from(`${found.body}<p>${data?.display_name}</p>`) };
      },
  },
  {
    id: "M231",
    breaks: "the recipient that is expected may be anybody",
    kills: ["VERIFY-04"],
    also: ["BADGE-06"],
    make: asking(
      (request) => verify(request) && jsonOf(request)?.expected_recipient,
      (request) => withBody(request, { ...jsonOf(request), expected_recipient: undefined }),
    ),
  },
  {
    id: "M232",
    breaks: "the recipient's address is not understood",
    kills: ["VERIFY-04"],
    make: asking(
      (request) => verify(request) && /^0x/.test(jsonOf(request)?.expected_recipient ?? ""),
      (request) => withBody(request, { ...jsonOf(request), expected_recipient: "usr_nobody" }),
    ),
  },
  {
    id: "M233",
    breaks: "of two ways the first is taken",
    kills: ["VERIFY-05"],
    make: asking(
      (request) => verify(request) && jsonOf(request)?.gets_id && jsonOf(request)?.award_id,
      (request) => withBody(request, { gets_id: jsonOf(request).gets_id }),
    ),
  },
  {
    id: "M234",
    breaks: "no way at all is not found",
    kills: ["VERIFY-05"],
    make: () => async (request, forward) => {
      const found = await forward(request);
      const data = {
        object: "verification",
        verified: false,
        status: "not_found",
        checks: [],
        warnings: [],
        award: null,
        checked_at: new Date().toISOString(),
      };
      return verify(request) && found.status === 400 && Object.keys(jsonOf(request) ?? { no: 1 }).length === 0
        ? answer(200, { status: "success", data, message: "Not found." })
        : found;
    },
  },
  {
    id: "M235",
    breaks: "the published keys are others than those that sign",
    kills: ["VERIFY-06"],
    make: editing(at("GET /jwks.json"), (json) => {
      for (const key of json.keys) key.kid = `old-${key.kid}`;
    }),
  },
  {
    id: "M236",
    breaks: "a revoked credential is not listed",
    kills: ["VERIFY-06"],
    make: editing(at("GET /credential-revocations"), (json) => void Object.assign(json, { revokedCredential: [], revokedCredentials: [] })),
  },
  {
    id: "M270",
    breaks: "revoked credentials are listed where the public validator does not look",
    kills: ["VERIFY-06"],
    also: ["ENV-10"],
    make: editing(at("GET /credential-revocations"), (json) => void delete json.revokedCredential),
  },
  {
    id: "M237",
    breaks: "there is a credential before the claim",
    kills: ["VERIFY-06"],
    make: (): Handler => {
      let last: Answered | null = null;
      return async (request, forward) => {
        const found = await forward(request);
        if (!credential(request)) return found;
        if (found.status === 200) last = found;
        const header = Buffer.from('{"alg":"RS256"}').toString("base64url");
        return found.status === 409
          ? (last ?? { status: 200, headers: { "content-type": "application/vc+jwt" }, body: Buffer.from(`${header}.e30.AA`) })
          : found;
      };
    },
  },
  {
    id: "M238",
    breaks: "a revoked badge still is valid",
    kills: ["VERIFY-07"],
    make: editing(
      (request, found) => isFound(request, found) && jsonOf(found as Answered).data?.status === "revoked",
      (json) => void Object.assign(json.data, { status: "valid", verified: true }),
    ),
  },
  {
    id: "M239",
    breaks: "an approved award is verified before the claim, to the public",
    kills: ["VERIFY-07"],
    make: editing(
      (request, found) => page(request) && isFound(request, found) && jsonOf(found as Answered).data?.award?.status === "approved",
      (json) => void Object.assign(json.data, { status: "valid", verified: true }),
    ),
  },
  {
    id: "M240",
    breaks: "browsers get JSON",
    kills: ["VERIFY-08"],
    make: asking(page, (request) => withHeaders(request, { accept: "application/json" })),
  },
  {
    id: "M241",
    breaks: "caches are not told that the page depends on Accept",
    kills: ["VERIFY-08"],
    make: heading(page, { vary: null }),
  },
  {
    id: "M242",
    breaks: "the page loads a script from elsewhere",
    kills: ["VERIFY-08"],
    make: () => async (request, forward) => {
      const found = await forward(request);
      return page(request) && !isJson(found) && header(request, "accept")?.includes("html")
        ? { ...found, body: Buffer.from(`${found.body}<script src="https://cdn.example/${pathOf(request).length}.js"></script>`) }
        : found;
    },
  },
];
