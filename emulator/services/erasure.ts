import type { Unit } from "../ports/unit-of-work.ts";
import type { Awards } from "./awards.ts";
import type { UserProgress } from "./progress.ts";
import type { Users } from "./users.ts";

/** The right to be forgotten (GDPR Art. 17): the user, what their awards and progress say of them, and every event and kept answer that names them. */
export class Erasure {
  readonly #users: Users;
  readonly #awards: Awards;
  readonly #progress: UserProgress;

  constructor(users: Users, awards: Awards, progress: UserProgress) {
    this.#users = users;
    this.#awards = awards;
    this.#progress = progress;
  }

  /** Throws USER_NOT_FOUND, USER_DELETED. */
  async remove(unit: Unit, userId: string): Promise<void> {
    this.#users.remove(unit, userId);
    this.#progress.forget(unit, userId);
    await this.#awards.forget(unit, userId);
  }
}
