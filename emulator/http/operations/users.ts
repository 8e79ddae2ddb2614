import type { User } from "../../model/user.ts";
import type { Erasure } from "../../services/erasure.ts";
import { nameOf, type Users } from "../../services/users.ts";
import { ok, type Reads, type Writes } from "./handler.ts";

/** Operations tagged Users. */
export function userOperations(users: Users, erasure: Erasure) {
  const reads: Reads<"getUser" | "listUsers"> = {
    getUser({ params, world }) {
      const user = users.get(world.records, params.user_id);
      return ok(user, `User ${nameOf(user)}.`);
    },
    listUsers({ query, world }) {
      const page = users.list(world.records, query, query);
      return ok(page, `${page.items.length} users.`);
    },
  };
  const writes: Writes<"createUser" | "updateUser" | "deleteUser"> = {
    createUser({ body, unit }) {
      const user = users.create(unit, body);
      return { status: 201, data: user, message: `Created ${nameOf(user)}.`, location: `/users/${user.id}`, subjects: [user.id] };
    },
    async updateUser({ params, body, unit, ifMatch }) {
      ifMatch(users.get(unit, params.user_id));
      const user: User = await users.update(unit, params.user_id, body ?? {});
      return ok(user, `Updated ${nameOf(user)}.`);
    },
    async deleteUser({ params, unit, ifMatch }) {
      ifMatch(users.get(unit, params.user_id));
      await erasure.remove(unit, params.user_id);
      return { status: 204, data: null, message: "" };
    },
  };
  return { reads, writes };
}
