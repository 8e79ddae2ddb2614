import type { Mutant } from "../mutant.ts";
import { authMutants } from "./auth.ts";
import { envMutants } from "./env.ts";
import { httpMutants } from "./http.ts";
import { rateMutants } from "./rate.ts";
import { secMutants } from "./sec.ts";
import { stateMutants } from "./state.ts";
import { tokenMutants } from "./token.ts";
import { userMutants } from "./user.ts";
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
  ...stateMutants,
];
