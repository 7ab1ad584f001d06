import { useEffect, useState } from "react";
import { tokenOf } from "./place.ts";

/** The form of mailed tokens. */
const tokenShape = /^[A-Za-z0-9]{32}$/;

/** What this page keeps in its entry of the browser's history. */
const kept = (): { readonly token?: unknown } => history.state ?? {};

/**
 * Returns the token of the mailed link that led here, and removes it from the address bar. A reload finds it in the entry of
 * the browser's history.
 * @returns empty where there was no token; `undefined` for a text that is none, such as half a link
 */
export function useToken(): string | undefined {
  const [token] = useState(() => tokenOf(location.search) || String(kept().token ?? ""));
  useEffect(() => {
    if (tokenOf(location.search)) history.replaceState({ ...kept(), token }, "", location.pathname);
  }, [token]);
  return token === "" || tokenShape.test(token) ? token : undefined;
}
