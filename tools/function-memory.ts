import type { Operation } from "../lib/operations.ts";

/** Lambda gives a function CPU in proportion to its memory, in MiB: with this much it has one whole core. */
export const wholeCoreMiB = 1769;

/** Memory of each class in the registry, in MiB. `hash` has a whole core, because argon2id needs CPU. */
export const memoryMiB = { small: 512, hash: wholeCoreMiB } as const satisfies Record<Operation["memory"], number>;

/** Memory of the worker that sends messages, in MiB. */
export const workerMemoryMiB = 512;
