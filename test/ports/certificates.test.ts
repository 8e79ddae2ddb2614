import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer, type TLSSocket } from "node:tls";
import { describe, expect, it } from "vitest";
import { openCertificates } from "../../emulator/adapters/crypto/certificates.ts";
import { authorityExtensions, certificate, newKey, serverExtensions } from "../../emulator/adapters/crypto/x509.ts";
import type { Certificate } from "../../emulator/ports/certificates.ts";
import { newFolder } from "../support/folder.ts";
import { run } from "../support/processes.ts";
import { lacks } from "../support/tools.ts";

const HOSTS = ["localhost", "127.0.0.1", "::1"];
const DAY_MS = 86_400_000;
const AUTHORITY = "getsmart-sandbox local CA";

/** What a client that trusts `caFile` says of a server with this certificate that it knows as `host`: "OK" or why not. */
function verdict(caFile: string, { cert, key }: Certificate, host: string): Promise<string> {
  const server = createServer({ cert, key }, (socket: TLSSocket) => socket.end());
  return new Promise<string>((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      const socket = connect({
        port,
        host: "127.0.0.1",
        servername: /^[a-z]/.test(host) ? host : "",
        ca: readFileSync(caFile),
        checkServerIdentity,
      });
      socket.once("secureConnect", () => resolve("OK"));
      socket.once("error", (error) => resolve(error.message));
    });
  }).finally(() => server.close());

  function checkServerIdentity(_: string, { raw }: { raw: Buffer }) {
    const leaf = new X509Certificate(raw);
    return leaf.checkHost(host) || leaf.checkIP(host) ? undefined : new Error("another host");
  }
}

const daysLeft = (cert: X509Certificate) => Math.round((Date.parse(cert.validTo) - Date.now()) / DAY_MS);

describe("the authority", () => {
  it("is made once: who trusts it trusts what is issued years later", async () => {
    const folder = newFolder();
    const first = openCertificates(folder);
    await first.issue(HOSTS);
    const text = readFileSync(first.caFile, "utf8");
    const later = openCertificates(folder);
    const certificate = await later.issue(HOSTS);
    expect(readFileSync(later.caFile, "utf8")).toBe(text);
    expect(await Promise.all(HOSTS.map((host) => verdict(first.caFile, certificate, host)))).toEqual(["OK", "OK", "OK"]);
  });

  it("is one, however many begin at once", async () => {
    const folder = newFolder();
    const all = await Promise.all(Array.from({ length: 8 }, () => openCertificates(folder).issue(HOSTS)));
    const { caFile } = openCertificates(folder);
    expect(await Promise.all(all.map((each) => verdict(caFile, each, "localhost")))).toEqual(all.map(() => "OK"));
  });

  it("is one also for processes that begin at once", async () => {
    const folder = newFolder();
    const adapter = new URL("../../emulator/adapters/crypto/certificates.ts", import.meta.url);
    const script = `const { openCertificates } = await import(${JSON.stringify(adapter)});
      console.log(JSON.stringify(await openCertificates(${JSON.stringify(folder)}).issue(${JSON.stringify(HOSTS)})))`;
    const all = await Promise.all(
      Array.from({ length: 6 }, () => run(process.execPath, ["--input-type=module", "-e", script], { cwd: newFolder() })),
    );
    const { caFile } = openCertificates(folder);
    const verdicts = all.map(({ stdout }) => verdict(caFile, JSON.parse(stdout), "localhost"));
    expect(await Promise.all(verdicts)).toEqual(all.map(() => "OK"));
  });

  it("is valid for ten years and its certificates for one, both from a day ago", async () => {
    const { caFile, issue } = openCertificates(newFolder());
    const certificates = [new X509Certificate((await issue(HOSTS)).cert), new X509Certificate(readFileSync(caFile))];
    expect(certificates.map(daysLeft)).toEqual([365, 3650]);
    for (const each of certificates) expect(Date.parse(each.validFrom)).toBeLessThan(Date.now() - DAY_MS + 60_000);
  });

  it("keeps its key to its owner", async () => {
    const folder = `${newFolder()}/ca`;
    await openCertificates(folder).issue(HOSTS);
    expect([statSync(folder).mode & 0o777, statSync(`${folder}/ca-key.pem`).mode & 0o777]).toEqual([0o700, 0o600]);
    expect(readFileSync(`${folder}/ca.pem`, "utf8")).not.toContain("PRIVATE");
  });

  it("vouches for no host but this machine's and those it was made for, whoever has its key", async () => {
    const folder = newFolder();
    const { caFile, issue } = openCertificates(folder);
    const hosts = [...HOSTS, "sandbox.test", "192.0.2.7", "2001:db8::7"];
    expect(await verdict(caFile, await issue(hosts), "sandbox.test")).toBe("OK");
    const signer = createPrivateKey(readFileSync(`${folder}/ca-key.pem`));
    for (const host of ["example.com", "192.0.2.8", "2001:db8::8"]) {
      const key = newKey();
      const extensions = serverExtensions(key, signer, [host]);
      const cert = certificate({ subject: "stolen", issuer: AUTHORITY, days: 1, key, signer, extensions });
      const stolen = { cert, key: key.export({ type: "pkcs8", format: "pem" }).toString() };
      expect([host, await verdict(caFile, stolen, host)]).toEqual([host, "permitted subtree violation"]);
      await expect(issue([...HOSTS, host])).rejects.toThrow(`not made for the host ${host}; choose another --ca-dir`);
    }
  });

  it.skipIf(lacks("openssl", "openssl", ["version"]))("passes OpenSSL's strict check, which Python 3.13 asks for", async () => {
    const folder = newFolder();
    const { caFile, issue } = openCertificates(folder);
    writeFileSync(`${folder}/server.pem`, (await issue(HOSTS)).cert);
    for (const name of ["-verify_hostname localhost", "-verify_ip 127.0.0.1", "-verify_ip ::1"]) {
      const args = ["verify", "-x509_strict", "-purpose", "sslserver", ...name.split(" "), "-CAfile", caFile, `${folder}/server.pem`];
      expect(await run("openssl", args, { cwd: folder })).toMatchObject({ code: 0, stderr: "" });
    }
  });
});

describe("an authority that cannot be used is told of, never replaced", () => {
  const key = newKey();
  const text = (days: number, subject = AUTHORITY) =>
    key.export({ type: "pkcs8", format: "pem" }) +
    certificate({ subject, issuer: subject, days, key, signer: key, extensions: authorityExtensions(key, ["localhost"]) });

  it.each([
    ["a torn file", "-----BEGIN PRIVATE KEY-----\nMIGH", "cannot be read"],
    ["another program's", text(10, "another"), "is not one of this program"],
    ["one whose time is over", text(0), "was valid until"],
  ])("%s", async (_, content, reason) => {
    const folder = newFolder();
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}/ca-key.pem`, content);
    await expect(openCertificates(folder).issue(HOSTS)).rejects.toMatchObject({
      name: "AuthorityUnusable",
      message: expect.stringContaining(reason),
    });
    expect(readFileSync(`${folder}/ca-key.pem`, "utf8")).toBe(content);
  });
});
