import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { AuthorityUnusable, type Certificate, type Certificates } from "../../ports/certificates.ts";
import { makePrivate } from "../../private-path.ts";
import { authorityExtensions, certificate, newKey, serverExtensions, subtree } from "./x509.ts";

const NAME = "getsmart-sandbox local CA";
const CA_DAYS = 3650;
const CERTIFICATE_DAYS = 365;

/** Whom any authority can vouch for. Of no use on another machine, should the key get there. */
const THIS_MACHINE = ["localhost", "127.0.0.0/8", "::1", "0.0.0.0", "::"];
const isThisMachine = (host: string) => THIS_MACHINE.includes(host) || /^127\.|\.localhost$/.test(host);

interface Authority {
  readonly key: KeyObject;
  readonly cert: X509Certificate;
}

/** The authority kept in a folder; the first certificate makes it. Its key is readable by its owner only. */
export function openCertificates(dir: string): Certificates {
  const folder = resolve(dir);
  const caFile = join(folder, "ca.pem");
  return {
    caFile,
    async issue(given) {
      const hosts = given.map((host) => host.toLowerCase().replace(/^\[(.*)\]$/, "$1"));
      const keyFile = join(folder, "ca-key.pem");
      for (const path of [folder, keyFile]) if (existsSync(path)) makePrivate(path);
      const ca = read(keyFile, folder) ?? create(keyFile, hosts) ?? (read(keyFile, folder) as Authority);
      refuseUnusable(ca, folder, hosts);
      if (textOf(caFile) !== ca.cert.toString()) replace(caFile, ca.cert.toString());
      return issue(ca, hosts);
    },
  };
}

function issue({ key: signer }: Authority, hosts: readonly string[]): Certificate {
  const key = newKey();
  const extensions = serverExtensions(key, signer, hosts);
  const cert = certificate({ subject: "getsmart-sandbox", issuer: NAME, days: CERTIFICATE_DAYS, key, signer, extensions });
  return { cert, key: pem(key) };
}

/** Makes the authority; null when another process was faster. Key and certificate are one file, so that they always fit. */
function create(keyFile: string, hosts: readonly string[]): Authority | null {
  const key = newKey();
  const extensions = authorityExtensions(key, [...THIS_MACHINE, ...hosts.filter((host) => !isThisMachine(host))]);
  const cert = new X509Certificate(certificate({ subject: NAME, issuer: NAME, days: CA_DAYS, key, signer: key, extensions }));
  mkdirSync(join(keyFile, ".."), { recursive: true, mode: 0o700 });
  const draft = draftOf(keyFile);
  const content = pem(key) + cert.toString();
  try {
    writeFileSync(draft, content, { mode: 0o600 });
    try {
      linkSync(draft, keyFile);
    } catch (error) {
      if (!NO_LINKS.has((error as NodeJS.ErrnoException).code as string)) throw error;
      writeFileSync(keyFile, content, { mode: 0o600, flag: "wx" });
    }
    return { key, cert };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return null;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** What file systems without hard links answer. */
const NO_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);

function read(keyFile: string, folder: string): Authority | null {
  const text = textOf(keyFile);
  if (text === null) return null;
  try {
    return { key: createPrivateKey(text), cert: new X509Certificate(text) };
  } catch {
    throw unusable(`the authority in ${folder} cannot be read`);
  }
}

function refuseUnusable({ key, cert }: Authority, folder: string, hosts: readonly string[]): void {
  if (cert.subject !== `CN=${NAME}` || !cert.checkPrivateKey(key)) throw unusable(`the authority in ${folder} is not one of this program`);
  if (Date.parse(cert.validTo) < Date.now()) throw unusable(`the authority in ${folder} was valid until ${cert.validTo}`);
  const foreign = hosts.find((host) => !isThisMachine(host) && !cert.raw.includes(subtree(host)));
  if (foreign !== undefined) throw unusable(`the authority in ${folder} was not made for the host ${foreign}`);
}

function unusable(what: string): AuthorityUnusable {
  return new AuthorityUnusable(
    `${what}; choose another --ca-dir, or remove that folder: a new authority is then made, which clients must trust anew.`,
  );
}

function pem(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

function replace(file: string, text: string): void {
  const draft = draftOf(file);
  try {
    writeFileSync(draft, text, { mode: 0o644 });
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

let drafts = 0;
function draftOf(file: string): string {
  return `${file}.${process.pid}-${++drafts}.next`;
}
