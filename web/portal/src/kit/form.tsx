import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { fieldSentences, sentenceOf } from "../faults.ts";
import type { Text } from "../text/en.ts";
import { useText } from "../text/language.ts";
import { Button } from "./button.tsx";
import { isSecondClick } from "./double-click.ts";
import { FormErrorsContext } from "./form-errors.ts";
import { Notice } from "./notice.tsx";

/** What was entered, by the names of the fields. A box that is ticked is `on`; one that is not is absent. */
export type Values = Readonly<Record<string, string>>;

type Sentences = Readonly<Record<string, string>>;

/** A form that sends something. */
export interface FormProps {
  /** Sends what was entered. While it runs, nothing can be sent a second time. What it throws is shown. */
  readonly send: (values: Values) => Promise<unknown>;
  /** The name of the button that sends. */
  readonly submit: string;
  /** The page's own sentence for a failure, if it has a better one than the general ones. */
  readonly explain?: (error: unknown, text: Text) => ReactNode | undefined;
  /** The page's own sentences for wrong fields, by name, in addition to what the server says. */
  readonly explainFields?: (error: unknown, text: Text) => Sentences;
  /** Checks what was entered before it is sent, and returns a sentence for each wrong field. */
  readonly check?: (values: Values, text: Text) => Sentences;
  /** Shown when it was sent. */
  readonly done?: ReactNode;
  readonly kind?: "primary" | "danger" | "secondary";
  /** Buttons and links beside the button that sends. */
  readonly beside?: ReactNode;
  readonly children?: ReactNode;
}

/** What came of sending a form. */
interface Outcome {
  readonly isDone: boolean;
  readonly problem?: ReactNode;
  readonly errors: Sentences;
}

const nothingYet: Outcome = { isDone: false, errors: {} };

/** A form: fields, one button, and what came of it. Errors are shown at their fields, and the first of them gets the focus. */
export function Form({ submit, done, kind = "primary", beside, children, ...props }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  const [isPending, setPending] = useState(false);
  const [outcome, setOutcome] = useState(nothingYet);
  const send = useSending(props);

  // Errors appear with the outcome; typing only removes them.
  // biome-ignore lint/correctness/useExhaustiveDependencies: after each attempt, also when its errors are the same
  useEffect(() => {
    const wrong = form.current?.querySelector<HTMLElement>("[aria-invalid=true]");
    if (wrong) wrong.focus();
    // On a phone the message is above the part of a long form that can be seen.
    else form.current?.querySelector("[role=alert]")?.scrollIntoView({ block: "nearest" });
  }, [outcome.problem]);

  async function onSubmit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    if (isPending || isSecondClick()) return;
    setPending(true);
    setOutcome(nothingYet);
    setOutcome(await send(event.currentTarget).finally(() => setPending(false)));
  }

  const { isDone, problem, errors } = outcome;
  const clear = (name: string) => setOutcome((before) => ({ ...before, errors: without(before.errors, name) }));
  return (
    <form ref={form} className="form" noValidate onSubmit={(event) => void onSubmit(event)}>
      <FormErrorsContext value={{ errors, clear }}>
        {problem && <Notice kind="problem">{problem}</Notice>}
        {children}
        <div className="actions">
          <Button type="submit" kind={kind} isPending={isPending}>
            {submit}
          </Button>
          {beside}
        </div>
        {isDone && done && <Notice kind="done">{done}</Notice>}
      </FormErrorsContext>
    </form>
  );
}

const without = (errors: Sentences, name: string): Sentences =>
  Object.fromEntries(Object.entries(errors).filter(([each]) => each !== name));

/** Returns a function that checks and sends a form, and says what came of it. */
function useSending({
  send,
  check,
  explain,
  explainFields,
}: Pick<FormProps, "send" | "check" | "explain" | "explainFields">) {
  const text = useText();
  return async (form: HTMLFormElement): Promise<Outcome> => {
    const values = valuesOf(form);
    const wrong = { ...wrongFields(form, text), ...check?.(values, text) };
    if (Object.keys(wrong).length > 0) return { isDone: false, problem: text.faults.checkFields, errors: wrong };
    try {
      await send(values);
      return { isDone: true, errors: {} };
    } catch (error) {
      const errors = { ...fieldSentences(error, text), ...explainFields?.(error, text) };
      return { isDone: false, problem: explain?.(error, text) ?? sentenceOf(error, text), errors };
    }
  };
}

const valuesOf = (form: HTMLFormElement): Values =>
  Object.fromEntries(
    [...new FormData(form)].filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );

/** What the browser itself finds wrong: required fields that are empty, addresses and dates that are none. */
function wrongFields(form: HTMLFormElement, { faults }: Text): Sentences {
  const inputs = [...form.elements].filter(
    (each) => each instanceof HTMLInputElement || each instanceof HTMLTextAreaElement,
  );
  return Object.fromEntries(
    inputs.flatMap(({ name, value, type, validity, ariaRequired }) => {
      if (ariaRequired === "true" && value.trim() === "" && !validity.badInput) return [[name, faults.required]];
      if (validity.typeMismatch) return [[name, type === "email" ? faults.email : faults.invalid]];
      return validity.badInput || validity.rangeOverflow || validity.rangeUnderflow ? [[name, faults.date]] : [];
    }),
  );
}
