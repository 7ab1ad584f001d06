import { useSession } from "../session.ts";
import { useLanguage } from "../text/language.ts";

/** Returns a function that writes an instant in the zone of the account's holder; in that of the browser where the account has none that it knows. */
export function useTimeText(): (at: string, isDateOnly?: boolean) => string {
  const session = useSession();
  const language = useLanguage();
  const tz = session.state === "in" ? session.account.tz : undefined;
  return (at, isDateOnly = false) =>
    new Intl.DateTimeFormat(language, {
      dateStyle: "medium",
      ...(!isDateOnly && { timeStyle: "short" }),
      ...(isKnownZone(tz) && { timeZone: tz }),
    }).format(new Date(at));
}

/** Whether the browser knows a time zone. An older one does not know each that the server knows. */
export function isKnownZone(tz: string | undefined): tz is string {
  try {
    return Boolean(tz && new Intl.DateTimeFormat("en", { timeZone: tz }));
  } catch {
    return false;
  }
}

/** An instant, as `useTimeText` writes it. */
export function Time({ at, isDateOnly = false }: { readonly at: string; readonly isDateOnly?: boolean }) {
  const timeText = useTimeText();
  return <time dateTime={at}>{timeText(at, isDateOnly)}</time>;
}
