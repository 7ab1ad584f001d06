import type { Operation } from "../lib/operations.ts";

type Named = Pick<Operation, "family" | "id">;

const fileOf = ({ family, id }: Named, ending: string): URL =>
  new URL(`../functions/${family}/${kebabCase(id)}${ending}`, import.meta.url);

/** Where the code of a registry row is: `functions/{family}/{id in kebab-case}.ts`. */
export const functionFile = (row: Named): URL => fileOf(row, ".ts");

/** Where a registry row is described: `functions/{family}/{id in kebab-case}.examples.ts`. */
export const examplesFile = (row: Named): URL => fileOf(row, ".examples.ts");

/** An operation's id in kebab-case: `PingWithAuth` → `ping-with-auth`. */
export const kebabCase = (id: string): string => id.replace(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
