/** `--path-map`: an implementation with other paths is judged as one with ours; a map that cannot be used is said which line and why. */
import { beforeAll, describe, expect, it, vi } from "vitest";
import { loadDocument } from "../kit/document.ts";
import { readPathMap } from "../kit/path-map.ts";
import { ground } from "./ground.ts";

vi.setConfig({ testTimeout: 120_000 });

const here = ground();

const MAP = `
createUser: POST /accounts
getUser: GET /accounts/{user_id}
updateUser: PUT /accounts/{user_id}
deleteUser: DELETE /accounts/{user_id}
listUsers: GET /accounts
getUserBalance: GET /purse/{user_id}
`;

describe("a server with other paths", () => {
  beforeAll(() =>
    here.front.use(async (request, forward) => {
      const purse = /^\/v1\/purse\/([^/?]+)/.exec(request.url)?.[1];
      if (request.url.startsWith("/v1/users")) return await forward({ ...request, url: "/v1/no-such-path" });
      if (purse) return await forward({ ...request, url: `/v1/users/${purse}/balance` });
      const url = request.url.replace("/v1/accounts", "/v1/users");
      return await forward({ ...request, url, method: request.method === "PUT" ? "PATCH" : request.method });
    }),
  );
  const flags = ["--only", "USER-01,USER-02,TOKEN-01,AUTH-02", "--seed", "7"];

  it("holds with its map", async () => {
    const { code, stdout } = await here.conformance(...flags, "--path-map", here.file("map.yaml", MAP));
    expect(stdout).toContain(" 4/4 selected");
    expect(stdout).toContain("0 leftovers");
    expect(code).toBe(0);
  });

  it("is not judged without it, and the reason is seen", async () => {
    const { code, stdout } = await here.conformance(...flags);
    expect(code).not.toBe(0);
    expect(stdout).toMatch(/answer +404 \{.*ROUTE_NOT_FOUND/);
  });

  it("a failure is told with the address of the map, so that a wrong line is found", async () => {
    const map = here.file("wrong.yaml", MAP.replace("PUT /accounts", "PUT /members"));
    const { code, stdout } = await here.conformance("--only", "USER-02", "--path-map", map);
    expect(code).not.toBe(0);
    expect(stdout).toMatch(/curl -i -X PUT '\S+\/v1\/members\/usr_\w+'/);
  });
});

describe("a map that cannot be used", () => {
  const document = loadDocument();
  const refusal = (text: string) => {
    try {
      return readPathMap(here.file("bad.yaml", text), document).size;
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
  };

  it.each([
    ["", /has no lines such as `createUser: POST \/accounts`$/],
    ["just a word", /has no lines such as/],
    ["- createUser: POST /accounts", /has no lines such as/],
    ["createUser: [", /bad\.yaml cannot be read: /],
    ["createUser: POST /a\ncreateUser: POST /b", /bad\.yaml cannot be read: .*unique/],
    ["createUsers: POST /accounts", /createUsers is no operation of the document; did you mean createUser\?$/],
    ["mint_token: POST /mint", /mint_token is no operation of the document; did you mean mintTokens\?$/],
    ["qqq: POST /accounts", /qqq is no operation of the document; operations are named as/],
    ["createUser: post /accounts", /createUser: "post \/accounts" is not of the form `POST \/accounts\/\{user_id\}`$/],
    ["createUser: POST accounts", /is not of the form/],
    ["createUser:", /createUser: null is not of the form/],
    ["getUser: GET /accounts/{id}", /getUser: \/accounts\/\{id\} must have the parameters of \/users\/\{user_id\}$/],
    ["createUser: POST /accounts/{user_id}", /createUser: .* must have the parameters of \/users$/],
  ])("%j", (text, message) => {
    expect(refusal(text)).toMatch(/^UsageError: --path-map: /);
    expect(refusal(text)).toMatch(message);
  });

  it("is one line and exit code 2 on the command line, before anything is sent", async () => {
    const { code, stdout, stderr } = await here.conformance("--path-map", "no-such-file.yaml");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^getsmart-sandbox: --path-map: no-such-file\.yaml cannot be read: ENOENT.*\n$/);
  });
});
