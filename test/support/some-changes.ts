import fc from "fast-check";
import type { Change } from "../../emulator/model/tables.ts";
import { answer, put, remove, submission, user } from "./records.ts";

/** Changes of a few records, so that they meet often. */
export const someChanges: fc.Arbitrary<Change[]> = fc.array(
  fc.oneof(
    fc
      .record({
        id: fc.constantFrom("u1", "u2", "u3", "u4"),
        email: fc.constantFrom("a", "b", null),
        external_id: fc.constantFrom("x", "y"),
      })
      .map(({ id, ...given }) => put("users", user(id, given))),
    fc
      .record({
        id: fc.constantFrom("i1", "i2", "i3"),
        subjects: fc.array(fc.constantFrom("u1", "u2"), { maxLength: 2 }),
        expires_at: fc.integer({ min: 1, max: 4 }),
      })
      .map(({ id, ...given }) => put("idempotency", answer(id, given))),
    fc
      .tuple(fc.constantFrom("s1", "s2"), fc.option(fc.integer({ min: 1, max: 4 })))
      .map(([id, at]) => put("submissions", submission(id, at))),
    fc.constantFrom("u1", "u2", "u3", "u4").map((id) => remove("users", id)),
    fc.constantFrom("i1", "i2", "i3").map((id) => remove("idempotency", id)),
    fc.constantFrom("s1", "s2").map((id) => remove("submissions", id)),
  ),
  { maxLength: 8 },
);
