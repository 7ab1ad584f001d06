import { AsyncLocalStorage } from "node:async_hooks";
import { withCallersKey } from "../table/generation.ts";

/** Ids that name somebody or something, by the names that audit events use. */
export type Ids = Readonly<Record<string, string | undefined>>;

/**
 * What operators count besides codes: an individual's sign-in that was refused, a sign-in that was locked by wrong guesses in
 * this call, and an existing application that stated a wrong secret.
 */
export type Notable = "wrongSignIn" | "lockedOut" | "wrongSecret";

interface Note {
  actor: Ids;
  record: Ids;
  written: Ids;
  notable: { [Name in Notable]?: true };
}

const notes = new AsyncLocalStorage<Note>();

/** Begins the note of a call: what its line in the access log will say about who did what to which record. */
export const beginAccessNote = (): void =>
  notes.enterWith({ actor: { kind: "unproven" }, record: {}, written: {}, notable: {} });

/** Notes who calls. Until their credentials are good the kind is `unproven`, and the ids are those that they state. */
export function noteActor(actor: Ids): void {
  const note = notes.getStore();
  if (note) note.actor = withCallersKey(actor);
}

/** Notes ids of the record that the call is about, in addition to those that were noted before. */
export function noteRecord(ids: Ids): void {
  const note = notes.getStore();
  if (note) note.record = withCallersKey({ ...note.record, ...ids });
}

/** Notes the record of an audit event. It counts only if the call succeeds, because otherwise it may not exist. */
export function noteWritten(ids: Ids): void {
  const note = notes.getStore();
  if (note) note.written = ids;
}

/** Returns what `noteWritten` noted. */
export const writtenNoted = (): Ids => notes.getStore()?.written ?? {};

/** Notes that something happened which operators count. */
export function noteNotable(what: Notable): void {
  const note = notes.getStore();
  if (note) note.notable[what] = true;
}

/** Where the line of each call goes instead of the function's log. `npm start` sets it, before the functions are loaded. */
export const accessLog: { write?: (line: object) => void } = {};

/** What was noted since the call began. @param succeeded whether the call did what it was asked to do */
export function accessNoted(succeeded: boolean): Pick<Note, "actor" | "record"> & Partial<Pick<Note, "notable">> {
  const { actor, record, written, notable } = notes.getStore() ?? { actor: {}, record: {}, written: {}, notable: {} };
  return {
    actor,
    record: succeeded ? { ...record, ...written } : record,
    ...(Object.keys(notable).length > 0 && { notable }),
  };
}
