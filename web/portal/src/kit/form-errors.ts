import { createContext, useContext } from "react";

/** The sentences for the wrong fields of a form, by the names of the fields. */
interface FormErrors {
  readonly errors: Readonly<Record<string, string>>;
  /** Forgets the sentence of a field: its value has changed. */
  readonly clear: (name: string) => void;
}

/** The wrong fields of the form that surrounds a field. */
export const FormErrorsContext = createContext<FormErrors>({ errors: {}, clear: () => {} });

/** What is wrong with a field, and a function that forgets it. Nothing moves while the reader aims at a button. */
export function useFieldError(name: string | undefined): { error: string | undefined; clear: () => void } {
  const { errors, clear } = useContext(FormErrorsContext);
  return { error: name === undefined ? undefined : errors[name], clear: () => name !== undefined && clear(name) };
}
