import { editDistance } from "../model/edit-distance.ts";

/** The name that takes the fewest changes of a letter to write instead. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const wish = name.toLowerCase();
  return names.map((each) => ({ each, far: editDistance([...wish], [...each.toLowerCase()]) })).toSorted((a, b) => a.far - b.far)[0]?.each;
}
