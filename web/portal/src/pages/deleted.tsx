import { Link } from "wouter";
import { Page } from "../kit/page.tsx";
import { useText } from "../text/language.ts";

/** Shown to people who have just deleted their account. */
export default function DeletedPage() {
  const { account } = useText();
  return (
    <Page title={account.deletedTitle}>
      <p>{account.deletedText}</p>
      <p>
        <Link href="/register">{account.registerAgain}</Link>
      </p>
    </Page>
  );
}
