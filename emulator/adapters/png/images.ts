import { hash } from "node:crypto";
import type { BadgePicture, Images } from "../../ports/images.ts";
import type { Pixels } from "./png-pixels.ts";
import { readPng } from "./png-read.ts";
import { Recent } from "./recent.ts";

/** Of pictures that were drawn, and of templates' own pictures, in bytes: about a hundred badges, and a dozen templates. */
const MOST = 8_388_608;

/** Pictures of badges, drawn here; what draws is loaded when the first picture is asked for. Pages ask for the same ones again and again. */
export class PngImages implements Images {
  readonly #drawn = new Recent<Buffer>(MOST, ({ length }) => length);
  readonly #own = new Recent<Pixels | null>(MOST, (pixels) => pixels?.rgba.length ?? 1);

  async render(picture: BadgePicture): Promise<Buffer> {
    const own = picture.own && hash("sha256", picture.own);
    return await this.#drawn.of(hash("sha256", JSON.stringify({ ...picture, own })), () => this.#draw(picture, own));
  }

  async isPng(bytes: Buffer): Promise<boolean> {
    return (await readPng(bytes)) !== null;
  }

  async #draw(picture: BadgePicture, own: string | null): Promise<Buffer> {
    const { badgePicture, OWN_ROOM } = await import("./badge-picture.ts");
    const { ownPixels } = await import("./own-picture.ts");
    return await badgePicture(picture, own === null ? null : await this.#own.of(own, () => ownPixels(picture.own as Buffer, OWN_ROOM)));
  }
}
