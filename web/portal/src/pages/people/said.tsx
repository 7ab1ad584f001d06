import type { ReactNode } from "react";
import { Notice } from "../../kit/notice.tsx";

/** Says that something was done, above a form that begins again. The focus goes there, because the button is another one. */
export function Said({ children }: { readonly children: ReactNode }) {
  return (
    children && (
      <div tabIndex={-1} ref={(element) => element?.focus()} className="focused">
        <Notice kind="done">{children}</Notice>
      </div>
    )
  );
}
