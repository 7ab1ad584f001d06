import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import "./portal.css";
import { startLanguage } from "./text/language.ts";

/**
 * A page that is open while a new version is deployed asks for a file that is gone. Loading the page again gets the new one.
 * It is done once for each entry of the history: where it does not help, it would never end.
 */
addEventListener("vite:preloadError", () => {
  if (!navigator.onLine || history.state?.isLoadedAgain) return;
  history.replaceState({ ...history.state, isLoadedAgain: true }, "");
  location.reload();
});

const element = document.getElementById("portal");
if (element) {
  createRoot(element).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
// The first paint does not wait for another language.
void startLanguage();
