import { SandboxClosed } from "./model/sandbox-closed.ts";

type Method = (...given: unknown[]) => unknown;

const AsyncFunction = (async () => {}).constructor;

/** The same methods, also those of its members, but that they refuse while the sandbox is not open: async ones reject, others throw SandboxClosed. */
export function whileOpen<T extends object>(face: T, isOpen: () => boolean): T {
  return Object.fromEntries(Object.entries(face).map(([name, member]) => [name, guarded(member, isOpen)])) as T;
}

function guarded(member: unknown, isOpen: () => boolean): unknown {
  if (typeof member === "object" && member !== null) return whileOpen(member, isOpen);
  if (typeof member !== "function") return member;
  const method = member as Method;
  const refuse = method instanceof AsyncFunction ? () => Promise.reject(new SandboxClosed()) : refuseAtOnce;
  return (...given: unknown[]) => (isOpen() ? method(...given) : refuse());
}

function refuseAtOnce(): never {
  throw new SandboxClosed();
}
