import type { Operation } from "../lib/operations.ts";

/** The source file of a registry row: `functions/{family}/{id in kebab-case}.ts`. */
export const functionFile = ({ family, id }: Pick<Operation, "family" | "id">): URL =>
  new URL(`../functions/${family}/${kebabCase(id)}.ts`, import.meta.url);

/** An operation's id in kebab-case: `PingWithAuth` → `ping-with-auth`. */
export const kebabCase = (id: string): string => id.replace(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
