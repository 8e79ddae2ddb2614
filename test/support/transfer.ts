/** Export and import over HTTP, as clients do it. */
import type { RequestListener } from "node:http";
import request from "supertest";

export async function exportOver(app: RequestListener): Promise<string> {
  const { body } = await request(app)
    .get("/_sandbox/export")
    .expect(200)
    .expect("Content-Type", "application/yaml")
    .buffer(true)
    .parse((response, done) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("end", () => done(null, Buffer.concat(pieces).toString()));
    });
  return body;
}

export function importOver(app: RequestListener, yaml: string | Buffer) {
  return request(app).post("/_sandbox/import").set("Content-Type", "application/yaml").send(yaml);
}
