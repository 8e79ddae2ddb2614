import type { Check, Group } from "../kit/check.ts";
import { ach } from "./ach.ts";
import { auth } from "./auth.ts";
import { award } from "./award.ts";
import { badge } from "./badge.ts";
import { env } from "./env.ts";
import { hook } from "./hook.ts";
import { http } from "./http.ts";
import { idemp } from "./idemp.ts";
import { page } from "./page.ts";
import { rate } from "./rate.ts";
import { sec } from "./sec.ts";
import { state } from "./state.ts";
import { token } from "./token.ts";
import { user } from "./user.ts";
import { verify } from "./verify.ts";
import { vers } from "./vers.ts";

/** A new group is one file, and one line here. */
export const GROUPS: readonly Group[] = [
  env,
  http,
  sec,
  auth,
  vers,
  rate,
  user,
  token,
  badge,
  ach,
  idemp,
  page,
  award,
  verify,
  hook,
  state,
];

export const CHECKS: readonly Check[] = GROUPS.flatMap(({ checks }) => checks);
