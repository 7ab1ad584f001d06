import { copyTextOf } from "./copy.js";

const [list, state, search, clear, question, empty] = ["list", "state", "search", "clear", "question", "empty"].map(
  (id) => document.getElementById(id),
);
const pollMs = 1000;

/** The messages that are shown, newest first, each with its element. */
let shown = [];
/** What the state says after the number of messages: what is new, or what was just done. */
let news = "";

const make = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

/** What a message is called: its subject; a text message has none. */
const nameOf = ({ channel, subject }) => (channel === "sms" ? "Text message" : subject);

/** Addresses, and codes of six digits that are no part of a longer number or word. */
const linkOrCode = /https?:\/\/[^\s<>"]*[^\s<>"'.,;:!?)\]}]|(?<![\w+.-])\d{6}(?![\w-]|\.\d)/g;

/** A text as nodes, never as markup: its addresses are links, and its codes can be copied. */
function nodesOf(text) {
  const nodes = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(linkOrCode)) {
    nodes.push(text.slice(end, index), ...(/^\d/.test(found) ? codeNodes(found) : [linkNode(found)]));
    end = index + found.length;
  }
  return [...nodes, text.slice(end)];
}

/** A link for http and https only: nothing else reaches `href`. */
function linkNode(address) {
  const url = URL.parse(address);
  if (!["http:", "https:"].includes(url?.protocol)) return address;
  return make("a", { href: url.href, target: "_blank", rel: "noopener noreferrer", textContent: address });
}

function codeNodes(digits) {
  const code = make("code", { className: "code", textContent: digits });
  const button = make("button", { type: "button", textContent: "Copy", ariaLabel: `Copy the code ${digits}` });
  button.addEventListener("click", async () => say(await copyTextOf(code)));
  return [code, " ", button];
}

/** The element of a message. The mail's HTML is in a sandboxed frame without scripts and origin. */
function articleOf(message) {
  const { channel, to, text, html, at } = message;
  const time = make("time", { dateTime: at, textContent: new Date(at).toLocaleString() });
  const article = make(
    "article",
    {},
    make("h2", { textContent: nameOf(message) }),
    make("p", { className: "about" }, `${channel === "sms" ? "Text message" : "Mail"} to ${to}, `, time),
    make("div", { className: "text" }, ...nodesOf(text)),
  );
  if (html) {
    const frame = make("iframe", { title: `HTML of: ${nameOf(message)}`, loading: "lazy" });
    frame.setAttribute("sandbox", "allow-popups allow-popups-to-escape-sandbox");
    frame.srcdoc = `<base target="_blank">${html}`;
    article.append(make("details", {}, make("summary", { textContent: "HTML" }), frame));
  }
  return article;
}

const itemOf = (message) => ({
  message,
  key: JSON.stringify(message),
  words: [message.channel, message.to, nameOf(message), message.text].join("\n").toLowerCase(),
  article: articleOf(message),
});

/** Shows the messages. Those that are shown already keep their elements, so that opened ones stay open. */
function show(messages) {
  const newest = shown[0]?.key;
  const known = messages.findIndex((message) => JSON.stringify(message) === newest);
  const added = messages.slice(0, known < 0 ? undefined : known).map(itemOf);
  const kept = known < 0 ? [] : shown.slice(0, messages.length - added.length);
  for (const { article } of shown.slice(kept.length)) article.remove();
  shown = [...added, ...kept];
  list.prepend(...added.map(({ article }) => article));
  return added.map(({ message }) => message);
}

/** Hides the messages that do not have every word of the search, and says how many there are. */
function filter() {
  const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const { article, words } of shown) article.hidden = !wanted.every((word) => words.includes(word));
  const found = shown.filter(({ article }) => !article.hidden).length;
  const all = shown.length === 1 ? "1 message" : `${shown.length} messages`;
  const count = wanted.length > 0 ? `${found} of ${all}` : all;
  const text = news ? `${count}. ${news}` : count;
  // Screen readers read the state whenever it is set.
  if (state.textContent !== text) state.textContent = text;
  empty.hidden = shown.length > 0;
  clear.disabled = shown.length === 0;
}

function say(text) {
  news = text;
  filter();
}

const newsOf = (added) =>
  added.length === 1 ? `New: ${nameOf(added[0])}, to ${added[0].to}` : `${added.length} new messages`;

let isFirst = true;
/** Changes when messages are deleted: an answer that was asked for before that is out of date. */
let generation = 0;

async function refresh() {
  const before = generation;
  try {
    const answer = await fetch("messages");
    if (!answer.ok) throw new Error(answer.statusText);
    const messages = await answer.json();
    if (before !== generation) return;
    const added = show(messages);
    if (added.length > 0 && !isFirst) news = newsOf(added);
    isFirst = false;
    filter();
  } catch {
    const text = "Frontdesk does not answer; trying again …";
    if (state.textContent !== text) state.textContent = text;
  }
}

search.addEventListener("input", () => say(""));

clear.addEventListener("click", () => {
  document.getElementById("question-text").textContent =
    `They are kept only here (${shown.length === 1 ? "1 message" : `${shown.length} messages`}), so nothing brings them back.`;
  question.showModal();
});
document.getElementById("keep").addEventListener("click", () => question.close());
document.getElementById("delete").addEventListener("click", async () => {
  question.close();
  const answer = await fetch("messages", { method: "DELETE" }).catch(() => undefined);
  if (!answer?.ok) return say("They could not be deleted. Please try again.");
  generation += 1;
  show([]);
  say("All were deleted.");
  // The button that had the focus cannot be used without messages.
  search.focus();
});

for (;;) {
  await refresh();
  await new Promise((resolve) => setTimeout(resolve, pollMs));
}
