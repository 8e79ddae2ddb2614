import { createServer, type RequestListener, type Server } from "node:http";
import { atEndOfFile } from "./clean-up.ts";

const servers = new WeakMap<RequestListener, Server>();

/** What supertest is given for an application: one server for all requests of a file. It would open and close one for each. */
export function served(app: RequestListener): Server {
  const known = servers.get(app);
  if (known) return known;
  const server = createServer(app).listen(0);
  servers.set(app, server);
  atEndOfFile(() => {
    servers.delete(app);
    server.closeAllConnections();
    server.close();
  });
  return server;
}
