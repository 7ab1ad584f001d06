import type { Exchange } from "./call.ts";

/**
 * What a portal's client keeps between requests. Whoever has it can act as the signed-in person, so keep it secret and out
 * of logs. It can be stored as JSON.
 */
export interface PortalState {
  /** Cookies by name, with their end in epoch milliseconds. Empty in browsers, which keep cookies themselves. */
  readonly cookies: Readonly<Record<string, { readonly value: string; readonly endsAt?: number }>>;
  readonly csrfToken?: string;
}

const sessionCookie = "md.sid";
const kept = [sessionCookie, "md.fingerprint"];
const csrfHeader = "medable-csrf-token";

/** Whether this is a browser, which keeps cookies itself and does not let code set the header. */
const browserKeepsCookies = () =>
  !new Request("http://localhost", { headers: { cookie: "a=b" } }).headers.has("cookie");

/** Keeps the cookies of session and device, and the CSRF token, as a browser and its page do. */
export function keepSession(clientKey: string, initial?: PortalState) {
  const cookies = new Map(Object.entries(initial?.cookies ?? {}));
  let csrfToken = initial?.csrfToken;
  const inBrowser = browserKeepsCookies();

  function keep(answer: Headers, sentUnder: string | undefined): void {
    // If another call has begun or ended a session meanwhile, this answer is about the old session and must not replace it.
    let isStale = cookies.get(sessionCookie)?.value !== sentUnder;
    for (const { name, value, endsAt } of answer.getSetCookie().map(readCookie)) {
      if (!kept.includes(name)) continue;
      const isOver = value === "" || (endsAt !== undefined && endsAt <= Date.now());
      if (!isOver) {
        cookies.set(name, { value, ...(endsAt !== undefined && { endsAt }) });
        if (name === sessionCookie) isStale = false;
      } else if (!isStale) cookies.delete(name);
    }
    if (!isStale) csrfToken = answer.get(csrfHeader) ?? csrfToken;
  }

  return {
    /** The headers for the next request, and a function that keeps what its answer sets. */
    exchange(): Exchange {
      for (const [name, { endsAt = Infinity }] of cookies) if (endsAt <= Date.now()) cookies.delete(name);
      const sentUnder = cookies.get(sessionCookie)?.value;
      const cookie = [...cookies].map(([name, { value }]) => `${name}=${value}`).join("; ");
      return {
        headers: {
          "medable-client-key": clientKey,
          ...(csrfToken !== undefined && { [csrfHeader]: csrfToken }),
          ...(cookie && { cookie }),
        },
        ...(inBrowser && { credentials: "include" }),
        keep: (answer) => keep(answer, sentUnder),
      };
    },
    state: (): PortalState => ({
      cookies: Object.fromEntries(cookies),
      ...(csrfToken !== undefined && { csrfToken }),
    }),
  };
}

/** The name, value and end of a `Set-Cookie` line. */
function readCookie(line: string): { name: string; value: string; endsAt: number | undefined } {
  const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
  const equals = pair.indexOf("=");
  const seconds = attributes.map((attribute) => /^max-age=(-?\d+)$/i.exec(attribute)?.[1]).find(Boolean);
  return {
    name: pair.slice(0, equals),
    value: pair.slice(equals + 1),
    endsAt: seconds === undefined ? undefined : Date.now() + Number(seconds) * 1000,
  };
}
