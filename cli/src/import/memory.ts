import { setFlagsFromString } from "node:v8";

/**
 * Makes V8 collect garbage sooner. Without this it lets a long import or export take 280 MiB of memory, of which 25 MiB are in use; with
 * it, 140 MiB. The price is a fifth more time of the processor, while an import mostly waits for answers.
 */
export function collectGarbageSoon(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--heap-growing-percent=50");
}
