/** A client that keeps cookies and the CSRF token, as a browser does. */
export interface BrowserClient {
  (method: string, path: string, body?: unknown): Promise<{ status: number; json: Json }>;
  /** The cookies that it has, by name. */
  readonly cookies: Map<string, string>;
}

// biome-ignore lint/suspicious/noExplicitAny: each answer has its own fields
type Json = any;

/** Returns a browser without cookies. @param base address that the paths continue, such as `http://localhost:1/clinic/v2` */
export function browserAt(base: string): BrowserClient {
  const cookies = new Map<string, string>();
  let csrf: string | undefined;
  const send = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: {
        "content-type": "application/json",
        "medable-client-key": "DemoClientKey000000001",
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
        ...(csrf && { "medable-csrf-token": csrf }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    csrf = response.headers.get("medable-csrf-token") ?? csrf;
    for (const cookie of response.headers.getSetCookie()) {
      const [name = "", value = ""] = (cookie.split(";")[0] ?? "").split("=");
      if (value === "") cookies.delete(name);
      else cookies.set(name, value);
    }
    return { status: response.status, json: (await response.json()) as Json };
  };
  return Object.assign(send, { cookies });
}
