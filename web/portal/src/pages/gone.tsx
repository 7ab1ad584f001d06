import { Link } from "wouter";
import { Page } from "../kit/page.tsx";
import { useText } from "../text/language.ts";

/** For addresses of portals that do not exist, or are closed. */
export function Gone() {
  const { gone } = useText();
  return (
    <Page title={gone.title}>
      <p>{gone.text}</p>
    </Page>
  );
}

/** For addresses of pages that do not exist. */
export function NothingHere() {
  const { gone } = useText();
  return (
    <Page title={gone.nothingHere}>
      <p>{gone.nothingHereText}</p>
      <p>
        <Link href="/">{gone.home}</Link>
      </p>
    </Page>
  );
}
