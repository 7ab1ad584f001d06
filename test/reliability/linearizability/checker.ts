/**
 * Looks for a sequential order of calls that explains all their answers (Wing and Gong's search, with Lowe's memory of what
 * was tried already).
 */

/** What an operation may answer in a state, and the state that it leaves. States are plain data. */
export type Outcome<State> = readonly [answer: string, next: State];

/** What a call means for the sequential model. */
export interface Meaning<State> {
  /** What was asked, for people who read a history. */
  readonly what: string;
  /**
   * All outcomes that the contract allows in a state.
   * @param answer what was answered, for answers that only the system can know, such as a new id; `undefined` if nothing
   * definite was
   */
  may(state: State, answer: string | undefined): readonly Outcome<State>[];
}

/** A call that was made. `begun` and `ended` are its places in the order of all beginnings and ends. */
export interface Call<State> extends Meaning<State> {
  readonly begun: number;
  readonly ended: number;
  /** `undefined` if the answer does not say whether the call was carried out. It was or was not, before its end. */
  readonly answer: string | undefined;
}

/** The states in which a call may leave the system. None, if the call cannot have been answered so in this state. */
function statesAfter<State>(call: Call<State>, state: State): State[] {
  const outcomes = call.may(state, call.answer);
  if (call.answer === undefined) return [state, ...outcomes.map(([, next]) => next)];
  return outcomes.filter(([answer]) => answer === call.answer).map(([, next]) => next);
}

/**
 * Returns the calls in an order that explains every answer: each call takes effect at one moment between its beginning and its
 * end. `undefined` if there is no such order.
 */
export function explain<State>(initial: State, calls: readonly Call<State>[]): readonly Call<State>[] | undefined {
  const inOrder = calls.toSorted((one, other) => one.begun - other.begun);
  const order: Call<State>[] = [];
  const tried = new Set<string>();
  const search = (state: State, waiting: readonly Call<State>[]): boolean => {
    if (waiting.length === 0) return true;
    const position = `${waiting.map(({ begun }) => begun)} ${JSON.stringify(state)}`;
    if (tried.has(position)) return false;
    tried.add(position);
    const firstEnd = Math.min(...waiting.map(({ ended }) => ended));
    // A call that began after another one's end cannot come before it.
    for (const call of waiting.filter(({ begun }) => begun < firstEnd)) {
      const others = waiting.filter((each) => each !== call);
      order.push(call);
      if (statesAfter(call, state).some((next) => search(next, others))) return true;
      order.pop();
    }
    return false;
  };
  return search(initial, inOrder) ? order : undefined;
}
