import { useEffect, useId, useRef, useState } from "react";
import { sentenceOf } from "./faults.ts";
import { Button } from "./kit/button.tsx";
import { Dialog } from "./kit/dialog.tsx";
import { Notice } from "./kit/notice.tsx";
import { call, serverNow } from "./portal.ts";
import { type SessionWatch, watchSessionEnd } from "./session-end.ts";
import { signOut } from "./sign-out.ts";
import { useText } from "./text/language.ts";

/** Warns before the session ends because nobody uses it, and lets the reader stay. */
export default function IdleWarning() {
  const text = useText();
  const { idle, common } = text;
  const sentenceId = useId();
  const watch = useRef<SessionWatch>(null);
  const [endsAt, setEndsAt] = useState<number>();
  // The end that the reader tried to put off. If it is still the end, the session cannot be prolonged any more.
  const [triedAt, setTriedAt] = useState<number>();
  const [isAway, setAway] = useState(false);
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    watch.current = watchSessionEnd(setEndsAt);
    return () => watch.current?.stop();
  }, []);

  async function stay(): Promise<void> {
    try {
      await call((portal) => portal.accountGet({ id: "me" }));
      setTriedAt(endsAt);
      setProblem(undefined);
      await watch.current?.check();
    } catch (error) {
      setProblem(sentenceOf(error, text));
    }
  }

  const isLast = endsAt !== undefined && triedAt === endsAt;
  const answer = () => (isLast ? setAway(true) : void stay());
  return (
    <Dialog
      title={idle.title}
      isOpen={endsAt !== undefined && !isAway}
      isAlert
      describedBy={sentenceId}
      onClose={answer}
    >
      <p id={sentenceId}>{isLast ? idle.last : idle.text}</p>
      <Countdown endsAt={endsAt ?? 0} />
      {problem && <Notice kind="problem">{problem}</Notice>}
      <div className="actions">
        <Button onPress={answer} autoFocus>
          {isLast ? common.close : idle.stay}
        </Button>
        <Button kind="secondary" onPress={() => void signOut().catch(() => setProblem(common.stillSignedIn))}>
          {common.signOut}
        </Button>
      </div>
    </Dialog>
  );
}

/** How many seconds are left. A screen reader reads the dialog once, and not each second. */
function Countdown({ endsAt }: { readonly endsAt: number }) {
  const { idle } = useText();
  const secondsLeft = () => Math.max(0, Math.round((endsAt - serverNow()) / 1000));
  const [seconds, setSeconds] = useState(secondsLeft);
  useEffect(() => {
    const timer = setInterval(() => setSeconds(secondsLeft), 1000);
    return () => clearInterval(timer);
  });
  return (
    <p role="timer" aria-live="off">
      {idle.secondsLeft(seconds)}
    </p>
  );
}
