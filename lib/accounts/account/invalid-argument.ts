import { Failure } from "../../errors.ts";

/** The failure of a portal for a request that it does not understand. @param reason a sentence for the caller */
export const invalidArgument = (reason: string): Failure => new Failure("kInvalidArgument", [], reason);
