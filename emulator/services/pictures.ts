import type { AwardRecord } from "../model/award.ts";
import type { Badge } from "../model/badge.ts";
import type { User } from "../model/user.ts";
import type { Images } from "../ports/images.ts";
import type { Reader } from "../ports/store.ts";
import type { UnitOfWork } from "../ports/unit-of-work.ts";
import { ownPicture } from "./badges.ts";
import { type Credentials, isClaimed } from "./credentials.ts";
import { nameOf } from "./users.ts";

/** The pictures of awards. */
export class Pictures {
  readonly #images: Images;
  readonly #credentials: Credentials;
  readonly #base: () => string;

  /** `base`: the address that the API is served at, ending in /v1. */
  constructor(images: Images, credentials: Credentials, base: () => string) {
    this.#images = images;
    this.#credentials = credentials;
    this.#base = base;
  }

  /** Whether anybody may see the picture of this award: once it was claimed, as its verification may be seen. */
  isPublic(records: Reader, awardId: string): boolean {
    const award = records.get("awards", awardId);
    return award !== undefined && isClaimed(award);
  }

  /** A PNG with the QR code of the award's verification, and its credential baked in once it is claimed. */
  async of(world: UnitOfWork, award: AwardRecord): Promise<Buffer> {
    const badge = world.records.get("badges", award.badge_id) as Badge;
    const sponsor = world.records.get("users", award.sponsor_id) as User;
    return await this.#images.render({
      title: badge.title,
      gets_id: award.gets_id,
      sponsor: sponsor.status === "deleted" ? "" : (sponsor.organization?.name ?? nameOf(sponsor)),
      level: badge.level,
      url: `${this.#base()}/verify/${award.gets_id}`,
      own: ownPicture(badge),
      credential: isClaimed(award) ? await this.#credentials.of(world, award) : null,
    });
  }
}
