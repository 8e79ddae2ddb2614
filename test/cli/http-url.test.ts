import { expect, it } from "vitest";
import { httpUrl } from "../../emulator/cli/http-url.ts";

it.each([
  ["3000", "http://localhost:3000"],
  [":3000", "http://localhost:3000"],
  ["3000/hooks?a=1", "http://localhost:3000/hooks?a=1"],
  ["localhost:3000/hooks", "http://localhost:3000/hooks"],
  ["app.localhost:3000", "http://app.localhost:3000"],
  ["127.0.0.1:3000", "http://127.0.0.1:3000"],
  ["10.0.0.7", "http://10.0.0.7"],
  ["[::1]:3000", "http://[::1]:3000"],
  ["https://school.example/hooks", "https://school.example/hooks"],
  ["HTTP://school.example", "HTTP://school.example"],
])("%s is %s", (text, url) => {
  expect(httpUrl(text, "--forward-to")).toBe(url);
});

it.each([
  ...["ftp://example.com", "not a url", "", "99999", "http://", "http://me:secret@example.com", "me@example.com", "mailto:me@example.com"],
  ...["http:3000", "https:/x", "//x", "0", "http://localhost:0/"],
  ...["2130706433", "0x7f.1", "http://3000", "http://0xA9FEA9FE/", "127.1"],
])("%j is none", (text) => {
  expect(() => httpUrl(text, "--forward-to")).toThrow(expect.objectContaining({ name: "UsageError" }));
});
