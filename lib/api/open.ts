import { noteActor } from "../audit/access-note.ts";
import type { Admission, CommonDefinition, CommonRequest } from "./admission.ts";
import { envelope } from "./envelope.ts";

/** An operation that anybody may call. */
export interface OpenDefinition extends CommonDefinition {
  /** Does it and returns what the answer says. */
  readonly run: (request: CommonRequest) => Promise<object | undefined>;
}

/**
 * Admits everybody to an `/api/io` method. No credentials are read, so the client of the table is not loaded, and the
 * function starts in half the time.
 */
export const open = {
  kind: "open",
  dialectOf: () => envelope,
  knownFields: () => new Set(["auth"]),
  checkSettings: () => {},
  admit,
} as const satisfies Admission<OpenDefinition, object> & { kind: string };
/** The type of `open`, by which `operation` knows it. */
export type Open = typeof open;

async function admit() {
  noteActor({ kind: "visitor" });
  return { added: {}, refresh: admit };
}
