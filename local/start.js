// Without this script the calls can still be selected.
const copied = document.getElementById("copied");
for (const button of document.querySelectorAll("button[data-copies]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const call = document.getElementById(button.dataset.copies);
    try {
      await navigator.clipboard.writeText(call.textContent);
      copied.textContent = "Copied.";
    } catch {
      getSelection().selectAllChildren(call);
      copied.textContent = "The browser does not allow copying. The call is selected.";
    }
  });
}
