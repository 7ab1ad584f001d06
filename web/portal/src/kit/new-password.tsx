import { useEffect, useRef, useState } from "react";
import { connect } from "../portal.ts";
import type { Text } from "../text/en.ts";
import { useText } from "../text/language.ts";
import type { FieldProps } from "./field.tsx";
import { useFieldError } from "./form-errors.ts";
import "./new-password.css";
import { PasswordField } from "./password-field.tsx";
import type { Answer, Chooser, Question } from "./password-worker.ts";

/** A new password. */
export interface NewPasswordProps extends Pick<FieldProps, "label"> {
  /** The property of the call: `password` unless told otherwise. */
  readonly name?: string;
  /** Who chooses it, as far as the page knows: their names, address and number must not be the password. */
  readonly chooser?: Chooser;
}

/** How long nothing is typed before the password is judged, in milliseconds. A screen reader does not speak at each key. */
const pauseMs = 400;

/** A field for a new password, with a meter of its strength. The server judges by the same rule. */
export function NewPassword({ label, name = "password", chooser = {} }: NewPasswordProps) {
  const text = useText();
  const [password, setPassword] = useState("");
  const { answer, start } = useJudge(password, chooser);
  const { error } = useFieldError(name);
  // The server may know more of the holder, and refuse what is called strong here.
  const isRefuted = error !== undefined && answer?.judged?.weakness === undefined;
  return (
    <div className="new-password">
      <PasswordField
        label={label}
        name={name}
        autoComplete="new-password"
        hint={text.newPassword.hint}
        isRequired
        onFocus={start}
        onChange={(value) => {
          start();
          setPassword(value);
        }}
      />
      <Meter answer={password && !isRefuted ? answer : undefined} />
    </div>
  );
}

/** The strength in words and as a bar. The place is always there, so that screen readers watch it and nothing moves. */
function Meter({ answer }: { readonly answer: Answer | undefined }) {
  const text = useText();
  const { judged } = answer ?? {};
  const isGood = judged !== undefined && judged.weakness === undefined;
  const filled = judged ? (judged.score ?? 0) : 0;
  return (
    <div className={isGood ? "strength good" : "strength"}>
      {judged && (
        <span className="bar" aria-hidden="true">
          {[1, 2, 3, 4].map((part) => (
            <span key={part} className={part <= filled ? "filled" : ""} />
          ))}
        </span>
      )}
      <span role="status">{answer && sentenceOf(answer, text)}</span>
    </div>
  );
}

function sentenceOf({ judged }: Answer, { newPassword }: Text): string {
  if (!judged) return newPassword.unknown;
  if (judged.weakness) return newPassword[judged.weakness];
  return (judged.score ?? 0) < 4 ? newPassword.good : newPassword.strong;
}

/** Judges a password after each pause in typing. Nothing is loaded before `start` was called. */
function useJudge(password: string, chooser: Chooser): { answer: Answer | undefined; start: () => void } {
  const [isStarted, setStarted] = useState(false);
  const [worker, setWorker] = useState<Worker>();
  const [answer, setAnswer] = useState<Answer>();
  const last = useRef(0);
  // The chooser is another object at each render; its words are what counts.
  const words = JSON.stringify(chooser);

  useEffect(() => {
    if (!isStarted) return;
    const started = startWorker();
    started.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (data.number === last.current) setAnswer(data);
    };
    started.onerror = () => setAnswer({ number: last.current });
    setWorker(started);
    return () => started.terminate();
  }, [isStarted]);

  useEffect(() => {
    if (!worker || !password) return;
    const asking = setTimeout(() => {
      last.current++;
      ask(worker, { number: last.current, password, chooser: JSON.parse(words) }).catch(() =>
        setAnswer({ number: last.current }),
      );
    }, pauseMs);
    return () => clearTimeout(asking);
  }, [worker, password, words]);

  return { answer, start: () => setStarted(true) };
}

const startWorker = () => new Worker(new URL("./password-worker.ts", import.meta.url), { type: "module" });

/** Sends a question, with what the portal says about itself. */
async function ask(worker: Worker, question: Pick<Question, "number" | "password" | "chooser">): Promise<void> {
  const { info } = await connect();
  const whole: Question = { ...question, words: [info.name, info.code], minScore: info.minPasswordScore };
  worker.postMessage(whole);
}
