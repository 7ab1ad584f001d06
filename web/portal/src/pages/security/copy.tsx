import { useState } from "react";
import { Button } from "../../kit/button.tsx";
import { useText } from "../../text/language.ts";

/** Copies a text, and says so. */
export function Copy({ text, label }: { readonly text: string; readonly label: string }) {
  const { security } = useText();
  const [said, setSaid] = useState("");
  return (
    <span className="copy">
      <Button
        kind="secondary"
        onPress={() => {
          setSaid("");
          navigator.clipboard.writeText(text).then(
            () => setSaid(security.copied),
            () => setSaid(security.copyFailed),
          );
        }}
      >
        {label}
      </Button>
      <span role="status">{said}</span>
    </span>
  );
}
