import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCA, createCert } from "mkcert";
import type { Certificate, Certificates } from "../../ports/certificates.ts";

const CA_DAYS = 3650;
const CERTIFICATE_DAYS = 90;

/** Opens the authority kept in a folder, or makes it there. The key is readable by its owner only. */
export async function openCertificates(folder: string): Promise<Certificates> {
  const caFile = join(folder, "ca.pem");
  const keyFile = join(folder, "ca-key.pem");
  const ca = read(keyFile, caFile) ?? (await create(folder, keyFile, caFile));
  return {
    caFile,
    issue: (hosts) => createCert({ ca, domains: [...hosts], validity: CERTIFICATE_DAYS }),
  };
}

function read(keyFile: string, caFile: string): Certificate | null {
  try {
    return { key: readFileSync(keyFile, "utf8"), cert: readFileSync(caFile, "utf8") };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

async function create(folder: string, keyFile: string, caFile: string): Promise<Certificate> {
  const ca = await createCA({
    organization: "getsmart-sandbox local CA",
    countryCode: "US",
    state: "local",
    locality: "local",
    validity: CA_DAYS,
  });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // The certificate last: an authority is there once its certificate is.
  for (const [file, text] of [
    [keyFile, ca.key],
    [caFile, ca.cert],
  ] as const) {
    writeFileSync(`${file}.next`, text, { mode: 0o600 });
    renameSync(`${file}.next`, file);
  }
  return ca;
}
