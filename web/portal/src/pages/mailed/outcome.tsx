import { useEffect, useRef } from "react";
import { Notice, type NoticeProps } from "../../kit/notice.tsx";

/**
 * What came of a mailed link. It takes the place of the button that was pressed, and gets its focus: a screen reader reads
 * it, and the keyboard goes on from here.
 */
export function Outcome(props: NoticeProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  return (
    <div ref={box} tabIndex={-1} className="outcome">
      <Notice {...props} />
    </div>
  );
}
