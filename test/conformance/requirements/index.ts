import type { Check, Group } from "../kit/check.ts";
import { auth } from "./auth.ts";
import { env } from "./env.ts";
import { http } from "./http.ts";
import { rate } from "./rate.ts";
import { sec } from "./sec.ts";
import { state } from "./state.ts";
import { token } from "./token.ts";
import { user } from "./user.ts";
import { vers } from "./vers.ts";

/** A new group is one file, and one line here. */
export const GROUPS: readonly Group[] = [env, http, sec, auth, vers, rate, user, token, state];

export const CHECKS: readonly Check[] = GROUPS.flatMap(({ checks }) => checks);
