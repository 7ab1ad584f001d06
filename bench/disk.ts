import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const times = 50;

/** How long the disk of temporary files takes for small writes, each until it is on disk, in ms. */
export function diskWaitsMs(): number[] {
  const folder = mkdtempSync(join(tmpdir(), "frontdesk-disk-"));
  const file = openSync(join(folder, "file"), "w");
  try {
    return Array.from({ length: times }, () => {
      const begun = performance.now();
      writeSync(file, Buffer.alloc(4096));
      fdatasyncSync(file);
      return performance.now() - begun;
    });
  } finally {
    closeSync(file);
    rmSync(folder, { recursive: true });
  }
}
