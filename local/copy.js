/**
 * Copies the text of an element. Returns a sentence about the outcome, for the page to say.
 * If the browser does not allow it, the text is selected, so that a person can copy it.
 */
export async function copyTextOf(element) {
  try {
    await navigator.clipboard.writeText(element.textContent);
    return "Copied.";
  } catch {
    getSelection().selectAllChildren(element);
    return "The browser does not allow copying. The text is selected.";
  }
}
