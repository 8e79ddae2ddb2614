import type { Awards } from "../../services/awards.ts";
import type { Credentials } from "../../services/credentials.ts";
import type { Pictures } from "../../services/pictures.ts";
import { keyRequired } from "../middleware/authenticate.ts";
import type { RawReply, Reads } from "./handler.ts";

/** Operations tagged Credentials, and the picture of an award: all without an envelope. */
export function credentialOperations(awards: Awards, credentials: Credentials, pictures: Pictures) {
  const reads: Reads<"getAwardCredential" | "getAwardImage" | "getJwks" | "getJwk" | "getIssuer" | "getCredentialRevocations"> = {
    async getAwardCredential({ params, world, type }) {
      const award = awards.get(world.records, params.award_id);
      return { type: type as string, body: await credentials.of(world, award) };
    },
    async getAwardImage({ params, world, key }) {
      if (!key && !pictures.isPublic(world.records, params.award_id)) throw keyRequired();
      const award = awards.get(world.records, params.award_id);
      return { type: "image/png", body: await pictures.of(world, award) };
    },
    async getJwks({ world, type }) {
      return json(await credentials.keySet(world), type);
    },
    async getJwk({ params, world, type }) {
      return json(await credentials.publicKey(world, params.key_id), type);
    },
    getIssuer() {
      return json(credentials.issuer());
    },
    getCredentialRevocations({ world }) {
      return json(credentials.revocations(world.records));
    },
  };
  return { reads, writes: {} };
}

function json(body: object, type = "application/json"): RawReply {
  return { type, body: JSON.stringify(body) };
}
