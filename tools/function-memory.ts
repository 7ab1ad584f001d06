import type { Operation } from "../lib/operations.ts";

/** Lambda gives a function CPU in proportion to its memory, in MiB: with this much it has one whole core. */
export const wholeCoreMiB = 1769;

/** Memory of each class in the registry, in MiB. `hash` has a whole core, because argon2id needs CPU. */
export const memoryMiB = { small: 512, hash: wholeCoreMiB } as const satisfies Record<Operation["memory"], number>;

/** Memory of the workers, in MiB. Decoding a picture of 50 megapixels takes most of what `ProcessImage` has. */
export const workerMemoryMiB = {
  SendMessages: 512,
  ProcessImage: 1024,
  CleanUp: 512,
  EraseOverdue: 512,
} as const;
