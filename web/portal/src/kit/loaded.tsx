import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { sentenceOf } from "../faults.ts";
import { useText } from "../text/language.ts";
import { Button } from "./button.tsx";
import { Loading as LoadingNote } from "./loading.tsx";
import { Notice } from "./notice.tsx";

/** What a page loads before it can be shown. */
export interface Loading<Value> {
  readonly value?: Value;
  readonly error?: unknown;
  /** Whether it is being loaded: for the first time, or again. */
  readonly isLoading: boolean;
  /** Loads it again. What is there stays until the answer comes. */
  readonly again: () => void;
  /** Replaces it, for example by the answer of a change. */
  readonly set: (value: Value) => void;
}

/**
 * Loads something when the component is shown, and again when the function is another one.
 * @param load wrapped in `useCallback`, so that it stays the same as long as it loads the same
 */
export function useLoading<Value>(load: () => Promise<Value>): Loading<Value> {
  const [state, setState] = useState<{ value?: Value; error?: unknown; isLoading: boolean }>({ isLoading: true });
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt loads again
  useEffect(() => {
    let isWanted = true;
    setState((before) => ({ ...before, isLoading: true }));
    load()
      .then((value) => isWanted && setState({ value, isLoading: false }))
      .catch((error: unknown) => isWanted && setState((before) => ({ ...before, error, isLoading: false })));
    return () => {
      isWanted = false;
    };
  }, [load, attempt]);
  const again = useCallback(() => setAttempt((before) => before + 1), []);
  const set = useCallback((value: Value) => setState({ value, isLoading: false }), []);
  return { ...state, again, set };
}

/** Once an attempt succeeds, its button is gone. The page's title gets the focus then, so that it is not lost. */
function useFocusAfter(error: unknown): void {
  const hadError = useRef(false);
  useEffect(() => {
    const isSettled = hadError.current && error === undefined;
    hadError.current = error !== undefined;
    if (isSettled && document.activeElement === document.body) document.querySelector("h1")?.focus();
  }, [error]);
}

/** Shows what was loaded; until then that it is loading, or what went wrong and a button to try again. */
export function Loaded<Value>({
  from: { value, error, isLoading, again },
  children,
}: {
  readonly from: Loading<Value>;
  readonly children: (value: Value) => ReactNode;
}) {
  const text = useText();
  useFocusAfter(error);
  return (
    <>
      {error !== undefined && (
        <div className="actions">
          {/* Not while it is tried again: an alert is read out when it appears. */}
          {!isLoading && <Notice kind="problem">{sentenceOf(error, text)}</Notice>}
          <Button kind="secondary" isPending={isLoading} onPress={again}>
            {text.common.retry}
          </Button>
        </div>
      )}
      {value !== undefined && children(value)}
      {value === undefined && error === undefined && <LoadingNote />}
    </>
  );
}
