import { useSyncExternalStore } from "react";
import { en, type Text } from "./en.ts";

/** The languages that there are, with their own names. */
export const languages = { en: "English", es: "Español" } as const;

/** The code of a language. */
export type Language = keyof typeof languages;

/** Where the choice is kept. It holds no personal data. */
const storageKey = "frontdesk language";

const isLanguage = (code: string): code is Language => Object.hasOwn(languages, code);

const chosen = (): string[] => [localStorage.getItem(storageKey) ?? "", ...navigator.languages];

let current: { readonly language: Language; readonly text: Text } = { language: "en", text: en };
const listeners = new Set<() => void>();

async function textOf(language: Language): Promise<Text> {
  return language === "es" ? (await import("./es.ts")).es : en;
}

/** Shows the pages in a language. If its sentences cannot be loaded, the language stays as it is. */
async function show(language: Language): Promise<void> {
  const text = await textOf(language).catch(() => undefined);
  if (!text) return;
  current = { language, text };
  document.documentElement.lang = language;
  for (const listener of listeners) listener();
}

/** Shows the pages in the language that was chosen before, or that the browser prefers. */
export async function startLanguage(): Promise<void> {
  const preferred = chosen()
    .map((each) => each.slice(0, 2).toLowerCase())
    .find(isLanguage);
  if (preferred && preferred !== "en") await show(preferred);
}

/** Shows the pages in a language, and keeps the choice in this browser. */
export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(storageKey, language);
  await show(language);
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** The sentences of the current language. */
export const useText = (): Text => useSyncExternalStore(subscribe, () => current.text);

/** The code of the current language. */
export const useLanguage = (): Language => useSyncExternalStore(subscribe, () => current.language);
