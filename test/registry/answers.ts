import type { Operation } from "../../lib/operations.ts";
import { expectFault } from "../functions/accounts/accounts-contract.ts";
import { expectRefusal } from "../functions/practices/practices-contract.ts";
import { expectProblem } from "../functions/therapists/therapists-contract.ts";
import type { Response } from "../kit/system.ts";

/** Reads answers in all three dialects. */

/** Asserts that a body was refused because it cannot be read. */
export function expectBadBody({ family }: Operation, response: Response): void {
  if (family === "practices") expectRefusal(response, 4000);
  else if (family === "therapists") expectProblem(response, 400, [""]);
  else expectFault(response, "kInvalidArgument");
}

/** Asserts that a body was refused because it is too large. */
export function expectTooLarge({ family }: Operation, response: Response): void {
  if (family === "practices") expectRefusal(response, 4020);
  else if (family === "therapists") expectProblem(response, 413);
  else expectFault(response, "kRequestTooLarge");
}
