import { authorityExtensions, certificate, newKey, serverExtensions } from "../../../emulator/adapters/crypto/x509.ts";
import { createSandbox } from "../../../emulator/sandbox.ts";
import type { Check } from "../kit/check.ts";
import { loadDocument } from "../kit/document.ts";
import { type Run, runChecks } from "../kit/runner.ts";
import { type Front, openFront } from "./front.ts";
import type { Facade, Mutant, TlsFront, Variant, WorldName } from "./mutant.ts";
import { relaysSettled } from "./relay.ts";

type Sandbox = Awaited<ReturnType<typeof createSandbox>>;

/** Emulators of one process, one of each kind, reset between runs. */
export class Worlds {
  readonly #document = loadDocument();
  readonly #sandboxes = new Map<WorldName, Promise<{ sandbox: Sandbox; origin: string }>>();
  readonly #fronts = new Map<string, Promise<{ front: Front; ca: string | null }>>();

  /** Runs checks against a server. The clock is moved by a controller, and the server's limiter follows it. */
  async judge(server: Mutant | Variant | Facade, checks: readonly Check[]): Promise<Run> {
    const name = server.world ?? "plain";
    const { sandbox, origin } = await this.#sandbox(name);
    await sandbox.reset();
    const { front, ca } = await this.#front(name, origin, server.tls ?? null);
    let advanced = 0;
    const here = { apiKey: sandbox.apiKey, now: () => performance.now() + advanced };
    front.use(server.make?.(here) ?? ((request, forward) => forward(request)));
    const controller = {
      async advance(ms: number) {
        advanced += ms;
        await sandbox.clock.advance(ms);
        await relaysSettled();
      },
    };
    return await runChecks(checks, {
      target: `${front.origin}/v1`,
      apiKey: sandbox.apiKey,
      document: this.#document,
      mode: "full",
      allow: ["rate", "quota"],
      profile: "full",
      budget: 10_000,
      seed: server.id,
      controller,
      receiver: "loopback",
      ...(ca === null ? {} : { ca, insecure: server.tls?.certificate !== "good" }),
      ...server.options,
      capabilities: { limiter_follows_clock: true, ...server.capabilities },
    });
  }

  async close(): Promise<void> {
    for (const opening of this.#fronts.values()) await (await opening).front.close();
    for (const opening of this.#sandboxes.values()) await (await opening).sandbox.close();
  }

  #sandbox(name: WorldName) {
    const opening = this.#sandboxes.get(name) ?? open(name === "tls" ? "plain" : name);
    this.#sandboxes.set(name, opening);
    return opening;
  }

  #front(name: WorldName, origin: string, tls: TlsFront | null) {
    const kind = `${name} ${JSON.stringify(tls)}`;
    const opening = this.#fronts.get(kind) ?? openTlsFront(origin, tls);
    this.#fronts.set(kind, opening);
    return opening;
  }
}

async function open(name: WorldName): Promise<{ sandbox: Sandbox; origin: string }> {
  const options =
    name === "limited"
      ? { limits: { perSecond: 10, perHour: 1000 } }
      : name === "interval"
        ? { mining: { kind: "interval", every_ms: 100 } as const }
        : {};
  const sandbox = await createSandbox(options);
  return { sandbox, origin: await sandbox.listen() };
}

const AUTHORITY = "conformance self-test";
const authority = newKey();

async function openTlsFront(origin: string, tls: TlsFront | null): Promise<{ front: Front; ca: string | null }> {
  if (!tls) return { front: await openFront(origin, null), ca: null };
  const hosts = tls.certificate === "other-host" ? ["other.example.com"] : ["127.0.0.1", "localhost"];
  const days = tls.certificate === "expired" ? -0.5 : 30;
  const key = newKey();
  const extensions = serverExtensions(key, authority, hosts);
  const cert = certificate({ subject: hosts[0] as string, issuer: AUTHORITY, days, key, signer: authority, extensions });
  const pem = key.export({ type: "pkcs8", format: "pem" }).toString();
  return { front: await openFront(origin, { cert, key: pem, front: tls }), ca: authorityCertificate() };
}

function authorityCertificate(): string {
  const extensions = authorityExtensions(authority, ["127.0.0.1", "localhost", "other.example.com"]);
  return certificate({ subject: AUTHORITY, issuer: AUTHORITY, days: 30, key: authority, signer: authority, extensions });
}
