export interface RpcServer {
  readonly origin: string;
  close(): Promise<void>;
}
export async function serveRpc(_deps: unknown, _at: { host: string; port: number }): Promise<RpcServer> {
  throw new Error("soon");
}
