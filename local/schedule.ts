const hourMs = 3_600_000;

/** Work that is done again and again. */
export interface Schedule {
  /** Does no more work. Resolves when the work under way is done. */
  stop(): Promise<void>;
}

/**
 * Erases accounts that nobody has verified in time, and the rest of deleted practices, now and every hour, as EventBridge has
 * the worker do in AWS. The functions' settings must be in the environment.
 * @param log receives a line when the worker fails
 */
export function startSchedule(log: (line: string) => void = console.error): Schedule {
  let work = Promise.resolve();
  const run = () => {
    work = work
      // Loaded here, because the worker's logger reads its level from the environment when it is imported.
      .then(async () => (await import("../functions/workers/erase-overdue.ts")).handler())
      .catch((error) => log(`erase-overdue failed: ${(error as Error).stack}`));
  };
  run();
  const timer = setInterval(run, hourMs).unref();
  return {
    stop() {
      clearInterval(timer);
      return work;
    },
  };
}
