import { note } from "../output.ts";

const terminalMs = 200;
const plainMs = 10_000;

/** How far an import is. */
export interface Step {
  readonly done: number;
  readonly of: number;
  readonly failed: number;
  /** How many calls run at once, while that is fewer than asked for. */
  readonly slowedTo?: number | undefined;
}

/** Tells progress on stderr: on a terminal in one line that changes, elsewhere in a line every ten seconds. */
export interface Progress {
  show(step: Step): void;
  /** Clears the line of a terminal, so that other lines can be printed. */
  clear(): void;
}

const timeOf = (seconds: number) =>
  seconds < 60
    ? `${Math.ceil(seconds)} s`
    : seconds < 3600
      ? `${Math.ceil(seconds / 60)} min`
      : `${Math.floor(seconds / 3600)} h ${Math.ceil((seconds % 3600) / 60)} min`;

/** Begins to tell the progress of an import. @param begunAt in milliseconds of `performance.now` */
export function progress(begunAt: number = performance.now()): Progress {
  const { isTTY, columns } = process.stderr;
  let shownAt = begunAt;
  const clear = () => {
    if (isTTY) process.stderr.write("\r\u001b[K");
  };
  return {
    clear,
    show({ done, of, failed, slowedTo }) {
      const now = performance.now();
      if (now - shownAt < (isTTY ? terminalMs : plainMs)) return;
      shownAt = now;
      const rate = (done / (now - begunAt)) * 1000;
      const parts = [
        `${done} of ${of} rows`,
        `${rate < 10 ? rate.toFixed(1) : Math.round(rate)} a second`,
        ...(rate > 0 ? [`${timeOf((of - done) / rate)} left`] : []),
        ...(failed > 0 ? [`${failed} failed`] : []),
        ...(slowedTo === undefined ? [] : [`the server is busy: ${slowedTo} at once`]),
      ];
      const text = parts.join(", ");
      if (isTTY) process.stderr.write(`\r\u001b[K${text.slice(0, (columns || 80) - 1)}`);
      else note(text);
    },
  };
}
