import { useState } from "react";
import { Page } from "../kit/page.tsx";
import { useText } from "../text/language.ts";
import { AppSection } from "./security/app.tsx";
import { Devices } from "./security/devices.tsx";
import { PasswordSection } from "./security/password.tsx";
import "./security/security.css";
import { Sessions } from "./security/sessions.tsx";

/** How one signs in, where one has signed in, and how to end that. */
export default function SecurityPage() {
  const { security } = useText();
  const [passwords, setPasswords] = useState(0);
  const [apps, setApps] = useState(0);
  return (
    <Page title={security.title}>
      {/* Another password ends the other sessions. */}
      <PasswordSection onChanged={() => setPasswords((before) => before + 1)} />
      {/* The device where the app was confirmed has another entry. */}
      <AppSection onConfirmed={() => setApps((before) => before + 1)} />
      <Devices key={`devices ${apps}`} />
      <Sessions key={`sessions ${passwords}`} />
    </Page>
  );
}
