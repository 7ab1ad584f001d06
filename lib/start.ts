/** How long the start of a function may wait. Lambda gives a start ten seconds. */
const waitMsMax = 2000;

/**
 * Does work that a function needs for its first call, in parallel, before that call arrives. It never fails: what could not be
 * done now is done by the first call, which answers what is wrong. `cdk/bundle.ts` puts it into every bundle.
 */
export async function prepare(tasks: readonly (() => Promise<unknown>)[]): Promise<void> {
  const { promise: timeIsOver, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, waitMsMax);
  await Promise.race([Promise.allSettled(tasks.map((task) => task())), timeIsOver]);
  clearTimeout(timer);
}
