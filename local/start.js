import { copyTextOf } from "./copy.js";

// Without this script the calls can still be selected.
const copied = document.getElementById("copied");
for (const button of document.querySelectorAll("button[data-copies]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    copied.textContent = await copyTextOf(document.getElementById(button.dataset.copies));
  });
}

// The first call, in a terminal, creates the portal: its link is here when the reader comes back to this page.
addEventListener("focus", async () => {
  const portal = document.getElementById("portal");
  if (portal.querySelector("a[href='/hillside/']")) return;
  const answer = await fetch("/").catch(() => undefined);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  portal.replaceWith(page.getElementById("portal"));
});
