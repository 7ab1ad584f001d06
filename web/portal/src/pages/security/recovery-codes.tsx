import { useEffect } from "react";
import { Button } from "../../kit/button.tsx";
import { org } from "../../place.ts";
import { connect } from "../../portal.ts";
import { useSession } from "../../session.ts";
import { useText } from "../../text/language.ts";
import { NewHeading } from "./app-set-up.tsx";
import { Copy } from "./copy.tsx";

/** The recovery codes, which are shown once, and ways to keep them. */
export function RecoveryCodes({ codes, onKept }: { readonly codes: readonly string[]; readonly onKept: () => void }) {
  const { security } = useText();
  const session = useSession();
  const email = session.state === "in" ? (session.account.email ?? "") : "";
  useWarningBeforeLeaving();

  async function save(): Promise<void> {
    const { info } = await connect();
    const text = [security.codesFile(info.name, email), "", ...codes, ""].join("\r\n");
    const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    Object.assign(document.createElement("a"), { href: url, download: `recovery-codes-${org}.txt` }).click();
    URL.revokeObjectURL(url);
  }

  return (
    <div className="recovery">
      <NewHeading>{security.codesTitle}</NewHeading>
      <p>{security.codesText}</p>
      <ol className="codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <div className="actions">
        <Copy text={codes.join("\n")} label={security.codesCopy} />
        <Button kind="secondary" onPress={() => print()}>
          {security.codesPrint}
        </Button>
        <Button kind="secondary" onPress={() => void save()}>
          {security.codesSave}
        </Button>
      </div>
      <div className="actions">
        <Button onPress={onKept}>{security.codesKept}</Button>
      </div>
    </div>
  );
}

/** The browser asks before the page is closed or loaded again. */
function useWarningBeforeLeaving(): void {
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, []);
}
