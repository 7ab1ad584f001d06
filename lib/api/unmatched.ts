import type { Dialect } from "./dialect.ts";
import { unmatched as inEnvelope } from "./envelope.ts";
import { fault } from "./fault.ts";
import { unmatched as asProblem } from "./problem.ts";

/** How an unknown path is answered: in the dialect of the family that it looks like. */
export function unmatchedAt(path: string): Dialect["unmatched"] {
  if (/^\/(api\/|io(\/|$))/.test(path)) return inEnvelope;
  return /^\/(?!therapist\/)[^/]+\/(v2|accounts|token)(\/|$)/.test(path) ? fault.unmatched : asProblem;
}
