import { vi } from "vitest";
import "./cheap-hashes.ts";
import { startWorld } from "./engine.ts";
import { isLong } from "./proof.ts";
import { slowClock } from "./slow-clock.ts";

// This file runs before each test file, in the same process.

// Every test file gets cheap password hashes, because real ones would take much of the time of the whole run. A test file
// that needs real hashes is in the list `ownProcess` of vitest.config.ts and has this line below its imports:
//
//     vi.unmock("@node-rs/argon2");
vi.mock("@node-rs/argon2", async (original) => (await import("./cheap-hashes.ts")).withCheapHashes(await original()));

// Calls do not run out of time on a busy machine. A test file about deadlines has this line below its imports:
//
//     realClock();
//
// `npm run prove` asks for an idle machine, and some of its parts measure time.
if (!isLong) slowClock();

// Each test file begins with an empty table and the settings of a function.
await startWorld();
