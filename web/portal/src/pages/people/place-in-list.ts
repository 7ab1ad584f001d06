import { holderId } from "../../session.ts";
import type { Range } from "./find.ts";

/**
 * Where somebody was in the list of people. It is kept in the state of the history's entry, so that the back button leads to
 * the same rows at the same place. What was searched for is there too and not in the address, because addresses are logged.
 */
export interface PlaceInList {
  readonly text: string;
  readonly range?: Range | undefined;
  /** How far down the page, in pixels. */
  readonly top: number;
}

const nowhere: PlaceInList = { text: "", top: 0 };

/** Returns the place that the history's entry has kept. What somebody else searched for in this browser is nobody's business. */
export function readPlace(): PlaceInList {
  const { of, ...place } = history.state?.people ?? {};
  return of === holderId() ? { ...nowhere, ...place } : nowhere;
}

/** Keeps a part of the place in the history's entry. */
export function keepPlace(part: Partial<PlaceInList>): void {
  history.replaceState({ ...history.state, people: { ...readPlace(), ...part, of: holderId() } }, "");
}

/** Whether the list is shown because an account was deleted. It is said once. */
export function takeErased(): boolean {
  const { isErased = false, ...state } = history.state ?? {};
  if (isErased) history.replaceState(state, "");
  return Boolean(isErased);
}
