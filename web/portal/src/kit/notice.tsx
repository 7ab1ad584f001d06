import { type ReactNode, useEffect, useState } from "react";

/** A message to the reader. `problem` is read out at once; the others when the reader pauses. */
export interface NoticeProps {
  readonly kind: "problem" | "done" | "hint";
  readonly children: ReactNode;
}

/** A message in a box of its own. Screen readers tell what appears in a box that is there already, so the words come after it. */
export function Notice({ kind, children }: NoticeProps) {
  const [isThere, setThere] = useState(false);
  useEffect(() => setThere(true), []);
  return (
    <div className={`notice ${kind}`} role={kind === "problem" ? "alert" : "status"}>
      {isThere && children}
    </div>
  );
}
