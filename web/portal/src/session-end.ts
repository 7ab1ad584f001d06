import { call, serverNow } from "./portal.ts";
import { noteEnded } from "./session.ts";

/** How long before the end of the session its holder is warned. */
const warnMs = 60_000;
/** How often to ask while the end is near: another tab may prolong the session. */
const nearMs = 5000;
/** How long to wait before asking again when the portal cannot be reached. */
const retryMs = 10_000;
/** The longest time that a browser's timer can wait for. */
const timerMsMax = 2 ** 31 - 1;

/** Watches for the end of the session. */
export interface SessionWatch {
  /** Asks now when the session ends. */
  readonly check: () => Promise<void>;
  readonly stop: () => void;
}

/**
 * Asks when the session ends: now, when the end should be near, and when the tab is looked at again. It only asks
 * `accounts/status`, which does not prolong the session.
 * @param tell receives the end, in milliseconds since 1970 by the server's clock, while it is near; otherwise `undefined`
 */
export function watchSessionEnd(tell: (endsAt: number | undefined) => void): SessionWatch {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;
  let endsAt = Number.POSITIVE_INFINITY;
  const againIn = (ms: number) => {
    clearTimeout(timer);
    if (!isStopped) timer = setTimeout(() => void check(), Math.min(Math.max(ms, 500), timerMsMax));
  };

  async function check(): Promise<void> {
    try {
      const { loggedin, expiresAt } = await call((portal) => portal.accountStatus());
      if (isStopped) return;
      if (!loggedin || expiresAt === undefined) return noteEnded();
      endsAt = Date.parse(expiresAt);
      const leftMs = endsAt - serverNow();
      const isNear = leftMs <= warnMs;
      tell(isNear ? endsAt : undefined);
      againIn(isNear ? Math.min(leftMs, nearMs) : leftMs - warnMs);
    } catch {
      if (isStopped) return;
      // Nobody knows that the session was prolonged, and its holder may have left the computer.
      if (serverNow() >= endsAt) return noteEnded();
      againIn(Math.min(retryMs, endsAt - serverNow()));
    }
  }

  // A computer that was asleep has missed its timers.
  const seen = () => {
    if (document.visibilityState === "visible") void check();
  };
  document.addEventListener("visibilitychange", seen);
  void check();
  return {
    check,
    stop() {
      isStopped = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
    },
  };
}
