/**
 * An object of a type with the members that a test needs: reading any other throws and names it, where a cast literal would be
 * undefined far from its cause.
 */
export function only<T extends object>(members: Partial<T>): T {
  return new Proxy(members as T, {
    get(target, name, receiver) {
      if (Reflect.has(target, name) || typeof name === "symbol" || name === "then" || name === "toJSON")
        return Reflect.get(target, name, receiver);
      throw new Error(`this test gave no member ${name}`);
    },
  });
}
