import { Select } from "../../kit/select.tsx";
import { useText } from "../../text/language.ts";
import type { Connection } from "./mine.ts";

/** How much a connection lets the other side do. */
export type Access = Connection["access"];

const levels: readonly Access[] = [2, 4, 6];

/** Reads what `AccessChoice` has sent. */
export const accessOf = ({ access }: Readonly<Record<string, string>>): Access =>
  levels.find((level) => String(level) === access) ?? 2;

/** A choice of what the other side may do, in words. */
export function AccessChoice({ chosen = 4 }: { readonly chosen?: Access }) {
  const { connections } = useText();
  return (
    <Select
      label={connections.access}
      name="access"
      defaultValue={String(chosen)}
      options={levels.map((level) => [String(level), connections.theyMay[level]])}
    />
  );
}
