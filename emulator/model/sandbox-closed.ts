/** What a method of a closed sandbox throws or rejects with. */
export class SandboxClosed extends Error {
  override readonly name = "SandboxClosed";
  readonly code = "SANDBOX_CLOSED";

  constructor() {
    super("The sandbox is closed; make another one with createSandbox().");
  }
}
