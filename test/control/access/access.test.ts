/** Who may call what: one rule for the API, the control plane and JSON-RPC, whatever the sandbox listens on. */
import { describe, expect, it } from "vitest";
import { Access, type AccessSettings, type SentHeaders } from "../../../emulator/control/access/access.ts";

const TOKEN = "a control token".padEnd(16, "!").replaceAll(" ", "-");
const [API, RPC, DAPP, EVIL] = ["127.0.0.1:4010", "127.0.0.1:8545", "http://localhost:3000", "https://evil.example"];
const WALLET = "chrome-extension://nkbihfbeogaeaoehlefnkodbefgpgknn";
const SETTINGS = { cors: ["https://app.example"], rpcCors: ["https://dapp.example", WALLET], publicUrl: "https://badges.example/v1" };

const ofSite = (site: string, more: SentHeaders = {}): SentHeaders => ({ "sec-fetch-site": site, "sec-fetch-mode": "cors", ...more });
const followed = (dest: string): SentHeaders => ofSite("cross-site", { "sec-fetch-mode": "navigate", "sec-fetch-dest": dest });

/** What each sends besides Host. `HOST` stands for the Host it asks. */
const SENDERS: Readonly<Record<string, SentHeaders>> = {
  "a program": {},
  "a program in Node": { "sec-fetch-mode": "cors" },
  "its own page": ofSite("same-origin", { origin: "http://HOST" }),
  "its own page, GET": ofSite("same-origin"),
  "its own page, in a browser without Sec-Fetch": { origin: "http://HOST" },
  "its own page, over TLS": { origin: "https://HOST" },
  "the page at --public-url": { origin: "https://badges.example" },
  "the page at --public-url, on another port": { origin: "https://badges.example:8443" },
  "an address that is typed": ofSite("none", { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" }),
  "a link that is followed": followed("document"),
  "a frame of another page": followed("iframe"),
  "an image of another page": ofSite("cross-site", { "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" }),
  "a page of a local server": ofSite("same-site", { origin: DAPP }),
  "the same, in a browser without Sec-Fetch": { origin: DAPP },
  "a page at *.localhost": ofSite("cross-site", { origin: "https://shop.localhost" }),
  "a page named by --cors": ofSite("cross-site", { origin: "https://app.example" }),
  "a page named by --rpc-cors": ofSite("cross-site", { origin: "https://dapp.example" }),
  "a wallet named by --rpc-cors": { origin: WALLET },
  "another wallet": { origin: WALLET.replace("nk", "kn") },
  "a foreign page": ofSite("cross-site", { origin: EVIL }),
  "a foreign page, in a browser without Sec-Fetch": { origin: EVIL },
  "a sandboxed page": ofSite("cross-site", { origin: "null" }),
  "a sandboxed page, in a browser without Sec-Fetch": { origin: "null" },
  "a lookalike": { origin: "http://localhost.evil.example:3000" },
};

/**
 * Per sender: a route of the control plane, a page of it, CORS for /v1; JSON-RPC: a read, an unlocked account, a control method.
 * `+` served, `O` refused for its origin; of CORS `-`: no header: the browser lets no other page read the answer.
 */
const EXPECTED = `
  a program                                         + + -  + + +
  a program in Node                                 + + -  + + +
  its own page                                      + + +  + + +
  its own page, GET                                 + + -  + + +
  its own page, in a browser without Sec-Fetch      + + +  + + +
  its own page, over TLS                            + + +  + + +
  the page at --public-url                          + + +  + + +
  the page at --public-url, on another port         O O -  O O O
  an address that is typed                          + + -  + + +
  a link that is followed                           O + -  O O O
  a frame of another page                           O O -  O O O
  an image of another page                          O O -  O O O
  a page of a local server                          O O +  + + O
  the same, in a browser without Sec-Fetch          O O +  + + O
  a page at *.localhost                             O O +  + + O
  a page named by --cors                            O O +  O O O
  a page named by --rpc-cors                        O O -  + + O
  a wallet named by --rpc-cors                      O O -  + + O
  another wallet                                    O O -  O O O
  a foreign page                                    O O -  O O O
  a foreign page, in a browser without Sec-Fetch    O O -  O O O
  a sandboxed page                                  O O -  O O O
  a sandboxed page, in a browser without Sec-Fetch  O O -  O O O
  a lookalike                                       O O -  O O O
`;
const ROWS = EXPECTED.trim()
  .split("\n")
  .map((line) => [line.slice(0, -14).trim(), line.slice(-14).trim().replaceAll(/ +/g, "")] as const);

const CODES = { HOST_NOT_ALLOWED: "H", ORIGIN_NOT_ALLOWED: "O", AUTHENTICATION_REQUIRED: "T" };

/** A row of the table as it is. */
function answers(access: Access, sent: SentHeaders, { api, rpc, isLocal }: { api: string; rpc: string; isLocal: boolean }): string {
  const at = (host: string): SentHeaders => ({
    host,
    ...sent,
    ...(sent.origin ? { origin: String(sent.origin).replace("HOST", host) } : {}),
  });
  const method = (name: string) => access.rpc(at(rpc)) ?? access.rpcMethod(name, at(rpc), isLocal);
  const [control, page] = ["/_sandbox/info", "/_sandbox/docs"].map((path) => access.control("GET", path, at(api)));
  const denials = [control, page, method("eth_getBalance"), method("eth_sendTransaction"), method("evm_mine")];
  const letters = denials.map((denial) => (denial ? CODES[denial.code] : "+"));
  letters.splice(2, 0, access.originFor("api", at(api)) === null ? "-" : "+");
  return letters.join("");
}

const open = (more: AccessSettings, host: string) => {
  const access = new Access({ ...SETTINGS, ...more });
  access.listenOn(host);
  return access;
};
const LOCAL = { api: API, rpc: RPC, isLocal: true };
const withToken = (sent: SentHeaders) => ({ ...sent, authorization: `Bearer ${TOKEN}` });
/** What has to bring the token, and does not: of what is served otherwise, the columns at these places. */
const lacking = (row: string, places: readonly number[]) =>
  [...row].map((letter, place) => (letter === "+" && places.includes(place) ? "T" : letter)).join("");

it("the table has each of them", () => expect(ROWS.map(([who]) => who)).toEqual(Object.keys(SENDERS)));

describe.each(ROWS)("%s", (who, row) => {
  const sent = SENDERS[who] as SentHeaders;

  it("on loopback", () => expect(answers(open({}, "127.0.0.1"), sent, LOCAL)).toBe(row));

  it("on loopback with a control token: the control plane and control methods ask for it", () => {
    const access = open({ controlToken: TOKEN }, "127.0.0.1");
    expect(answers(access, sent, LOCAL)).toBe(lacking(row, [0, 5]));
    expect(answers(access, withToken(sent), LOCAL)).toBe(row);
  });

  it.each(["0.0.0.0", "::", "192.168.1.7", "sandbox.lan"])("on %s: unlocked accounts ask for it too", (host) => {
    const access = open({ controlToken: TOKEN }, host);
    const at = { api: "192.168.1.7:4010", rpc: "192.168.1.7:8545", isLocal: false };
    // Its own pages are at an address that is not loopback: allowed for what they are.
    const expected = who.startsWith("its own page") ? row.replace(/^(..)\+/, "$1-") : row;
    expect(answers(access, sent, at)).toBe(lacking(expected, [0, 4, 5]));
    expect(answers(access, withToken(sent), at)).toBe(expected);
  });
});

describe("the token", () => {
  const denial = (authorization: string) =>
    open({ controlToken: TOKEN }, "0.0.0.0").control("GET", "/_sandbox/info", { host: API, authorization })?.code ?? null;

  it.each([`Bearer ${TOKEN}`, `bearer ${TOKEN}`, `Bearer   ${TOKEN} `])("%s is taken", (sent) => expect(denial(sent)).toBeNull());
  it.each(["", "Bearer", `Bearer ${TOKEN.slice(1)}`, `Bearer ${TOKEN}x`, `Basic ${TOKEN}`, TOKEN, `Bearer ${TOKEN} ${TOKEN}`])(
    "%j is not",
    (sent) => expect(denial(sent)).toBe("AUTHENTICATION_REQUIRED"),
  );
});

describe("listening beyond loopback without a control token is refused", () => {
  it.each(["0.0.0.0", "::", "", "192.168.1.7", "::ffff:0.0.0.0", "::ffff:192.168.1.7", "fe80::1", "my-machine", "127.evil.example"])(
    "%j",
    (host) =>
      expect(() => open({}, host)).toThrow(
        expect.objectContaining({ code: "INVALID_REQUEST", message: expect.stringContaining("--control-token") }),
      ),
  );
  it.each(["127.0.0.1", "127.8.8.8", "localhost", "LOCALHOST", "::1", "::ffff:127.0.0.1"])("%s needs none", (host) => {
    open({}, host);
  });
});

describe("pages hold nothing of the sandbox: followed links open them, and no token is asked for", () => {
  const PAGES = ["/", "/dashboard", "/dashboard/", "/dashboard/requests/req_1", "/_sandbox", "/_sandbox/", "/_sandbox/docs"];
  const guarded = open({ controlToken: TOKEN }, "0.0.0.0");
  const code = (method: string, path: string, sent: SentHeaders) => guarded.control(method, path, { host: API, ...sent })?.code ?? null;

  it.each([...PAGES, "/_sandbox/openapi.json", "/_sandbox/openapi.yaml"])("%s", (path) => {
    expect(code("GET", path, followed("document"))).toBeNull();
    expect(code("GET", path, {})).toBeNull();
    expect(code("HEAD", path, {})).toBeNull();
    expect(code("POST", path, {})).toBe("AUTHENTICATION_REQUIRED");
    for (const method of ["POST", "HEAD"]) expect(code(method, path, followed("document"))).toBe("ORIGIN_NOT_ALLOWED");
    expect(code("GET", path, followed("iframe"))).toBe("ORIGIN_NOT_ALLOWED");
  });

  it.each(["/_sandbox/info", "/_sandbox/docs/x", "/_sandbox/requests", "/_sandbox/events", "/dashboards", "/_sandbox/openapi.jsonx"])(
    "%s is not one",
    (path) => {
      expect(code("GET", path, followed("document"))).toBe("ORIGIN_NOT_ALLOWED");
      expect(code("GET", path, {})).toBe("AUTHENTICATION_REQUIRED");
    },
  );
});

describe("behind a proxy", () => {
  const page = (origin: string) => ({ origin: `http://${origin}` });

  it("that passes the Host on, its page is the sandbox's own", () => {
    const access = open({ allowHosts: ["sandbox.test"] }, "127.0.0.1");
    expect(access.host("sandbox.test")).toBeNull();
    expect(access.control("POST", "/_sandbox/reset", { host: "sandbox.test", ...page("sandbox.test") })).toBeNull();
    expect(access.control("POST", "/_sandbox/reset", { host: "sandbox.test:80", ...page("sandbox.test") })).toBeNull();
    expect(access.control("POST", "/_sandbox/reset", { host: "sandbox.test:81", ...page("sandbox.test") })?.code).toBe(
      "ORIGIN_NOT_ALLOWED",
    );
  });

  it("that does not, it is with --public-url; what a proxy says in X-Forwarded-* is not believed", () => {
    const sent = { host: API, ...page("192.168.1.7"), "x-forwarded-host": "192.168.1.7", forwarded: "host=192.168.1.7" };
    expect(new Access().control("POST", "/_sandbox/reset", sent)).toMatchObject({ code: "ORIGIN_NOT_ALLOWED", message: /--public-url/ });
    expect(new Access({ publicUrl: "http://192.168.1.7/v1" }).control("POST", "/_sandbox/reset", sent)).toBeNull();
  });
});

describe("a refusal says what helps", () => {
  const access = new Access();
  const guarded = open({ controlToken: TOKEN }, "::1");
  const at = (name: string) => `This sandbox does not serve the host ${name}. If it is yours, start it with --allow-host`;
  it.each([
    [access.host("evil.example:4010"), `${at("evil.example")} evil.example.`],
    [access.host("[2001:db8::7]:4010"), `${at("[2001:db8::7]")} 2001:db8::7.`],
    [access.host(undefined), "This sandbox does not serve requests without a Host."],
    [
      access.control("GET", "/_sandbox/info", { host: API, origin: EVIL }),
      `Pages of ${EVIL} may not call the control plane; open the sandbox's own address or its --public-url.`,
    ],
    [
      access.control("GET", "/_sandbox/info", { host: API, ...ofSite("cross-site") }),
      "Pages of another origin may not call the control plane; open the sandbox's own address or its --public-url.",
    ],
    [
      access.rpcMethod("evm_mine", { host: RPC, origin: EVIL }, true),
      `Pages of ${EVIL} may not call the method evm_mine; open the sandbox's own address or its --public-url.`,
    ],
    [
      access.rpc({ host: RPC, origin: EVIL }),
      `JSON-RPC does not serve pages of ${EVIL}. If they are yours, name their origin with --rpc-cors.`,
    ],
    [
      guarded.control("GET", "/_sandbox/info", { host: API }),
      "The control plane needs its token: send `Authorization: Bearer TOKEN` with the value of --control-token.",
    ],
    [
      guarded.rpcMethod("evm_mine", { host: RPC }, true),
      "The method evm_mine needs the control token: send `Authorization: Bearer TOKEN` with the value of --control-token.",
    ],
  ])("%j", (denial, message) => expect(denial?.message).toBe(message));

  it.each(["\u009b31m", "x".repeat(300), "a;reboot", "$(reboot)"])("and nothing that could not be read, or run: %j", (odd) => {
    expect(access.host(odd)?.message).toBe("This sandbox does not serve the host that was sent.");
  });
  it.each(["\u009b31m", "x".repeat(101)])("and no origin that could not be read: %j", (odd) => {
    for (const denial of [access.rpc({ origin: odd }), access.control("GET", "/_sandbox/info", { host: API, origin: odd })]) {
      expect(denial?.message.toLowerCase()).toContain("pages of another origin");
    }
  });
});
