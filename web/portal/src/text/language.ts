import { makeStore } from "../store.ts";
import { en, type Text } from "./en.ts";

/** The languages that there are, with their own names. */
export const languages = { en: "English", es: "Español" } as const;

/** The code of a language. */
export type Language = keyof typeof languages;

/** Where the choice is kept. It holds no personal data. */
const storageKey = "frontdesk language";

const isLanguage = (code: string): code is Language => Object.hasOwn(languages, code);

/** The language that was chosen before. A browser that stores nothing has none. */
function chosen(): string {
  try {
    return localStorage.getItem(storageKey) ?? "";
  } catch {
    return "";
  }
}

const current = makeStore<{ readonly language: Language; readonly text: Text }>({ language: "en", text: en });

async function textOf(language: Language): Promise<Text> {
  return language === "es" ? (await import("./es.ts")).es : en;
}

/** Shows the pages in a language. If its sentences cannot be loaded, the language stays as it is. */
async function show(language: Language): Promise<void> {
  const text = await textOf(language).catch(() => undefined);
  if (!text) return;
  document.documentElement.lang = language;
  current.set({ language, text });
}

/** Shows the pages in the language that was chosen before, or that the browser prefers. */
export async function startLanguage(): Promise<void> {
  const preferred = [chosen(), ...navigator.languages].map((each) => each.slice(0, 2).toLowerCase()).find(isLanguage);
  if (preferred && preferred !== "en") await show(preferred);
}

/** Shows the pages in a language, and keeps the choice in this browser. */
export async function chooseLanguage(language: Language): Promise<void> {
  await show(language);
  try {
    localStorage.setItem(storageKey, language);
  } catch {
    // The choice holds until the page is loaded again.
  }
}

/** The sentences of the current language. */
export const useText = (): Text => current.use().text;

/** The code of the current language. */
export const useLanguage = (): Language => current.use().language;
