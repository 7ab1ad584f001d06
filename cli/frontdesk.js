#!/usr/bin/env node
// Starts the command. A clone of the repository runs the sources as they are. The package has no sources: it has what
// `npm run cli` built from them.
import { existsSync } from "node:fs";

const sources = new URL("src/main.ts", import.meta.url);
const built = new URL("dist/main.js", import.meta.url);
const isClone = existsSync(sources);
if (isClone) await import(new URL("../tools/node-version.js", import.meta.url));
await import(isClone ? sources : built);
