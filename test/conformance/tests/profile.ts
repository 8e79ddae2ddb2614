/** How the emulator is judged: SHOULDs count, and so does the kit's own profile. */
export const ALL = { profile: "full", strict: true, budget: 5000 } as const;
