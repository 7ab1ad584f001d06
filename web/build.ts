import { cpSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { webFiles } from "./files.ts";

// Writes `web/dist/`: the pages as a bucket holds them, each under its path, a folder's page as its `index.html`.
const folder = fileURLToPath(new URL("dist", import.meta.url));
rmSync(folder, { recursive: true, force: true });
for (const { path, file } of webFiles) {
  const target = join(folder, path.endsWith("/") ? `${path}index.html` : path);
  mkdirSync(dirname(target), { recursive: true });
  cpSync(file, target);
}
