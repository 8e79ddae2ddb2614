import { editDistance } from "./edit-distance.ts";

/** Nobody means a name of more letters; comparing takes time. */
const LONGEST = 64;

/** The name that takes the fewest changes of a letter to write instead. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const wish = name.slice(0, LONGEST).toLowerCase();
  return names.map((each) => ({ each, far: editDistance([...wish], [...each.toLowerCase()]) })).toSorted((a, b) => a.far - b.far)[0]?.each;
}

/** A part of a name says nothing when it is shorter. */
const SHORTEST = 3;

/** The name that was probably meant: one letter in three may be wrong, or a part be missing. Dashes, underscores and case do not count. */
function likely(name: string, names: readonly string[]): string | undefined {
  const wish = plain(name);
  let found: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  if (wish.length > LONGEST) return undefined;
  for (const each of names) {
    const known = plain(each);
    const far = editDistance([...wish], [...known], { exchange: 1 });
    const isNear = far <= Math.max(1, Math.floor(Math.max(wish.length, known.length) / 3)) || isPart(wish, known) || isPart(known, wish);
    if (!isNear || far >= least) continue;
    found = each;
    least = far;
  }
  return found;
}

/** ` Did you mean port?`, to be added to a refusal; nothing where no name is near. `show`: the name as it is written there. */
export function didYouMean(name: string, names: readonly string[], show = (near: string) => near): string {
  const near = likely(name, names);
  return near === undefined ? "" : ` Did you mean ${show(near)}?`;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, "");
}

function isPart(part: string, whole: string): boolean {
  return part.length >= SHORTEST && whole.includes(part);
}
