import type { BadgePicture, Images } from "../../ports/images.ts";
import { readPng } from "./png-read.ts";

/** Pictures of badges, drawn here; what draws is loaded when the first picture is asked for. */
export class PngImages implements Images {
  async render(picture: BadgePicture): Promise<Buffer> {
    const { badgePicture } = await import("./badge-picture.ts");
    return await badgePicture(picture);
  }

  isPng(bytes: Buffer): boolean {
    return readPng(bytes) !== null;
  }
}
