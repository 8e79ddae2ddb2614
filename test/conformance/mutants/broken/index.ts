import type { Mutant } from "../mutant.ts";
import { achMutants } from "./ach.ts";
import { authMutants } from "./auth.ts";
import { awardMutants } from "./award.ts";
import { badgeMutants } from "./badge.ts";
import { envMutants } from "./env.ts";
import { hookMutants } from "./hook.ts";
import { httpMutants } from "./http.ts";
import { idempMutants } from "./idemp.ts";
import { openBadgeMutants } from "./open-badge.ts";
import { pageMutants } from "./page.ts";
import { rateMutants } from "./rate.ts";
import { secMutants } from "./sec.ts";
import { stateMutants } from "./state.ts";
import { tokenMutants } from "./token.ts";
import { userMutants } from "./user.ts";
import { verifyMutants } from "./verify.ts";
import { versMutants } from "./vers.ts";

export const MUTANTS: readonly Mutant[] = [
  ...envMutants,
  ...httpMutants,
  ...secMutants,
  ...authMutants,
  ...versMutants,
  ...rateMutants,
  ...userMutants,
  ...tokenMutants,
  ...badgeMutants,
  ...achMutants,
  ...idempMutants,
  ...pageMutants,
  ...awardMutants,
  ...verifyMutants,
  ...openBadgeMutants,
  ...hookMutants,
  ...stateMutants,
];
