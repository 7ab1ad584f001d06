import { afterAll } from "vitest";
import { startWorld } from "./engine.ts";

// Runs before each test file, in its process: an engine of its own, in memory, and the settings of a function.
const engine = await startWorld();
afterAll(() => engine.stop());
