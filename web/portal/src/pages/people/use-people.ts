import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { sentenceOf } from "../../faults.ts";
import { useLoading } from "../../kit/loaded.tsx";
import { useText } from "../../text/language.ts";
import { type Filter, findAgain, findMore, findPeople, type Shown } from "./find.ts";
import { keepPlace, readPlace } from "./place-in-list.ts";

const keyOf = ({ text, role, state }: Filter) => JSON.stringify([text, role, state]);

/** Loads the people that a filter wants, and more of them. What was shown when the page was left is shown again. */
export function usePeople({ text, role, state }: Filter) {
  const sentences = useText();
  const [isLoadingMore, setLoadingMore] = useState(false);
  const [problem, setProblem] = useState<string>();
  const filter = { text, role, state };
  const key = keyOf(filter);
  const kept = useRef<Kept | undefined>({ ...readPlace(), key });
  const current = useRef(key);
  current.current = key;
  const load = useCallback(() => {
    if (kept.current?.key !== keyOf({ text, role, state })) kept.current = undefined;
    const range = kept.current?.range;
    return range ? findAgain({ text, role, state }, range) : findPeople({ text, role, state });
  }, [text, role, state]);
  const shown = useLoading(load);
  useKeptPlace(shown.value, text, kept);

  async function more({ people }: Shown): Promise<void> {
    setLoadingMore(true);
    setProblem(undefined);
    try {
      const found = await findMore(filter, people.at(-1)?._id ?? "");
      // Somebody may have searched for something else in the meantime.
      if (current.current === key) shown.set({ people: [...people, ...found.people], hasMore: found.hasMore });
    } catch (error) {
      setProblem(sentenceOf(error, sentences));
    } finally {
      setLoadingMore(false);
    }
  }
  return { shown, more, isLoadingMore, problem };
}

/** What was shown when the page was left, and for which filter. */
type Kept = ReturnType<typeof readPlace> & { readonly key: string };

const scrollDelayMs = 150;

/** Keeps in the history's entry what is shown and how far down, and goes there once it is shown again. */
function useKeptPlace(shown: Shown | undefined, text: string, kept: RefObject<Kept | undefined>): void {
  useLayoutEffect(() => {
    if (!shown) return;
    const [newest, oldest] = [shown.people[0]?._id, shown.people.at(-1)?._id];
    keepPlace({ text, ...(newest && oldest && { range: { newest, oldest, hasMore: shown.hasMore } }) });
    if (kept.current?.range) scrollTo({ top: kept.current.top });
    kept.current = undefined;
  }, [shown, text, kept]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onScroll = () => {
      clearTimeout(timer);
      timer = setTimeout(() => keepPlace({ top: scrollY }), scrollDelayMs);
    };
    addEventListener("scroll", onScroll);
    return () => {
      clearTimeout(timer);
      removeEventListener("scroll", onScroll);
    };
  }, []);
}
