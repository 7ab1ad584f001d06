import { useText } from "../text/language.ts";

/** Says that something is being loaded. */
export function Loading() {
  const { common } = useText();
  return (
    <p className="loading" role="status">
      {common.loading}
    </p>
  );
}
