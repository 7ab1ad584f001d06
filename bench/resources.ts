/**
 * What must be ended after a measurement: servers and folders. A signal ends them too, and then the process. A second signal
 * does not shorten this: npm passes Ctrl-C on to programs that have already received it.
 */
export class Resources extends AsyncDisposableStack {
  #ended?: Promise<void>;

  constructor() {
    super();
    for (const signal of endingSignals) {
      const end = () => this.disposeAsync().finally(() => process.exit(1));
      process.on(signal, end);
      this.defer(() => void process.off(signal, end));
    }
  }

  /** Waits until all is ended, whoever has begun it: the signal or the error that this leads to. */
  override disposeAsync(): Promise<void> {
    this.#ended ??= super.disposeAsync();
    return this.#ended;
  }

  override [Symbol.asyncDispose](): Promise<void> {
    return this.disposeAsync();
  }
}

/** The signals that end a program. */
export const endingSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
