import { type ReactNode, useEffect, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { sentenceOf } from "./faults.ts";
import { Button } from "./kit/button.tsx";
import { Notice } from "./kit/notice.tsx";
import { call } from "./portal.ts";
import { noteStatus, type Session, useSession } from "./session.ts";
import { useText } from "./text/language.ts";

/** Asks the portal who is signed in. This does not prolong the session. */
export async function readStatus(): Promise<void> {
  const { account } = await call((portal) => portal.accountStatus({ expand: "true" }));
  noteStatus(account);
}

/**
 * Returns who is signed in, for pages that are for everybody, and asks the portal if nobody has asked yet. Without an answer
 * the page goes on as if nobody were signed in.
 * @returns `undefined` until the answer comes
 */
export function useVisitor(): Session | undefined {
  const session = useSession();
  const [isAsked, setAsked] = useState(false);
  useEffect(() => {
    if (session.state !== "unknown") return;
    readStatus()
      .catch(() => {})
      .finally(() => setAsked(true));
  }, [session.state]);
  return session.state === "unknown" && !isAsked ? undefined : session;
}

/** Shows a page to people who have signed in. Others sign in first, and come back to it. */
export function Inside({ children }: { readonly children: ReactNode }) {
  const text = useText();
  const { state } = useSession();
  const [path, navigate] = useLocation();
  const search = useSearch();
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    if (state === "unknown") {
      if (problem === undefined) readStatus().catch((error: unknown) => setProblem(sentenceOf(error, text)));
    } else if (state === "left") {
      // The next person at this computer does not begin with the page of the one before.
      navigate("/sign-in", { replace: true });
    } else if (state !== "in") {
      const next = search ? `${path}?${search}` : path;
      const query = new URLSearchParams({ next, ...(state === "ended" && { ended: "" }) });
      navigate(`/sign-in?${query}`, { replace: true });
    }
  }, [state, path, search, navigate, text, problem]);

  if (state === "in") return children;
  if (!problem) return <p className="loading">{text.common.loading}</p>;
  return (
    <div className="page">
      <Notice kind="problem">{problem}</Notice>
      <Button kind="secondary" onPress={() => setProblem(undefined)}>
        {text.common.retry}
      </Button>
    </div>
  );
}
