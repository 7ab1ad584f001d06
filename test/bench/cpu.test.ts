import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it, onTestFinished } from "vitest";
import { cpuMsOf, processesOf } from "../../bench/cpu.ts";

it("finds a process and what it has started", async () => {
  const child = spawn("sh", ["-c", "sleep 60 & echo started; wait"], {
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  onTestFinished(() => void process.kill(-Number(child.pid)));
  await once(child.stdout, "data");
  // `sh` has forked by now, but may not run `sleep` yet.
  expect(processesOf(Number(child.pid))).toHaveLength(2);
});

it("counts CPU time, that of children that have ended as well", async () => {
  const before = cpuMsOf(processesOf(process.pid));
  const work = "const end = process.cpuUsage().user + 200_000; while (process.cpuUsage().user < end);";
  await once(spawn(process.execPath, ["-e", work]), "exit");
  expect(cpuMsOf(processesOf(process.pid)) - before).toBeGreaterThanOrEqual(190);
});

it("finds nothing of a process that does not exist", () => {
  expect(processesOf(2 ** 30)).toEqual([]);
});
