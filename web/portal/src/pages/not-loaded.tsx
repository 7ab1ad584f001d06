import { useState } from "react";
import { Button } from "../kit/button.tsx";
import { Notice } from "../kit/notice.tsx";
import { Page } from "../kit/page.tsx";
import { useText } from "../text/language.ts";

/**
 * In place of a page whose file cannot be loaded: the connection is lost, or a new version was deployed and the file is
 * gone. Loading everything again helps, once the server can be reached: earlier, the browser would show its own error.
 */
export function NotLoaded() {
  const { common, gone } = useText();
  const [isPending, setPending] = useState(false);
  async function reload(): Promise<void> {
    setPending(true);
    await fetch(location.href).then(
      () => location.reload(),
      () => setPending(false),
    );
  }
  return (
    <Page title={gone.notLoaded}>
      {!isPending && <Notice kind="problem">{gone.notLoadedText}</Notice>}
      <Button kind="secondary" isPending={isPending} onPress={() => void reload()}>
        {common.retry}
      </Button>
    </Page>
  );
}
