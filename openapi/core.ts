import { otherAddresses } from "./introduction.ts";

/** The document, as far as it is read here. */
export interface WholeDocument {
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly "x-alias-of"?: string }>>>>;
  readonly [name: string]: unknown;
}

/** The document with only one address for each operation. Generators of clients would make a method of every address. */
export function coreOf(document: WholeDocument): WholeDocument {
  const paths = Object.entries(document.paths).map(([path, item]) => {
    const own = Object.entries(item).filter(([, operation]) => operation["x-alias-of"] === undefined);
    return [path, Object.fromEntries(own)] as const;
  });
  return {
    ...document,
    tags: document.tags.filter(({ name }) => name !== otherAddresses.name),
    paths: Object.fromEntries(paths.filter(([, item]) => Object.keys(item).length > 0)),
  };
}
