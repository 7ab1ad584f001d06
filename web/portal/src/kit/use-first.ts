import { useCallback, useState } from "react";
import { type Loading, useLoading } from "./loaded.tsx";

/** The first entries of a list, and whether there are more. */
interface First<Entry> {
  readonly data: readonly Entry[];
  readonly hasMore: boolean;
}

/** How many more entries are shown each time. */
const step = 25;

/**
 * Loads the first entries of a list. `more` loads some more with them.
 * @param load stays the same function
 */
export function useFirst<Entry>(
  load: (limit: number) => Promise<First<Entry>>,
): Loading<First<Entry>> & { readonly more: () => void } {
  const [limit, setLimit] = useState(step);
  const loading = useLoading(useCallback(() => load(limit), [load, limit]));
  return { ...loading, more: () => setLimit((before) => before + step) };
}
