import { type ErrorEntry, type ErrorGroup, errorGroups } from "./error-entries.ts";

/** Writes `docs/errors.md` and the page `/docs/errors.html`, which say the same, and the hints of the client. */

const introduction =
  "Every error of the three contracts, and those of the typed client: why it happens, and what to do. The client names " +
  "this page in the message of each error.";

const answerLine = ({ status }: { readonly status: number }) => `The answer, with HTTP status ${status}:`;

const pretty = (value: unknown) => JSON.stringify(value, null, 2);

/** The heading of an entry. */
const titleOf = ({ code, title }: ErrorEntry) => `${code}: ${title}`;

function markdownOf(entry: ErrorEntry): string {
  const { anchor, cause, remedy, example } = entry;
  const parts = [`<a id="${anchor}"></a>\n\n### ${titleOf(entry)}`, cause, `**What to do.** ${remedy}`];
  if (example) {
    const { given, request, answer } = example;
    if (given) parts.push(`**Example.** Given: ${given}`);
    if (request) parts.push(`\`\`\`http\n${request}\n\`\`\``);
    parts.push(answerLine(answer), `\`\`\`json\n${pretty(answer.body)}\n\`\`\``);
  }
  return parts.join("\n\n");
}

const markdownGroup = ({ title, where, entries }: ErrorGroup) =>
  [`## ${title}`, where, ...entries.map(markdownOf)].join("\n\n");

/** The text of `docs/errors.md`. */
export const errorsMarkdown = (): string =>
  `${[
    "<!-- Written by `npm run openapi` from openapi/errors.ts. -->\n\n# Errors",
    introduction,
    ...errorGroups.map(markdownGroup),
  ].join("\n\n")}\n`;

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
/** A sentence as HTML: what stands between backticks becomes code. */
const html = (text: string) => escaped(text).replaceAll(/`([^`]+)`/g, "<code>$1</code>");

const block = (text: string) => `<pre><code>${escaped(text)}</code></pre>`;

function htmlOf(entry: ErrorEntry): string {
  const { anchor, code, title, cause, remedy, example } = entry;
  const parts = [
    `<h3><a href="#${anchor}">${escaped(code)}</a>: ${html(title)}</h3>`,
    `<p>${html(cause)}</p>`,
    `<p><strong>What to do.</strong> ${html(remedy)}</p>`,
  ];
  if (example) {
    const { given, request, answer } = example;
    if (given) parts.push(`<p><strong>Example.</strong> Given: ${html(given)}</p>`);
    if (request) parts.push(block(request));
    parts.push(`<p>${answerLine(answer)}</p>`, block(pretty(answer.body)));
  }
  return `<section class="error" id="${anchor}">\n${parts.join("\n")}\n</section>`;
}

function htmlGroup({ title, anchor, where, entries }: ErrorGroup): string {
  const links = entries.map(
    (each) => `<li><a href="#${each.anchor}">${escaped(each.code)}</a> ${html(each.title)}</li>`,
  );
  return [
    `<h2 id="${anchor}">${escaped(title)}</h2>`,
    `<p>${html(where)}</p>`,
    `<ul class="codes">\n${links.join("\n")}\n</ul>`,
    ...entries.map(htmlOf),
  ].join("\n");
}

/** The text of the page `/docs/errors.html`. It needs no script. */
export const errorsHtml = (): string => `<!doctype html>
<!-- Written by \`npm run openapi\` from openapi/errors.ts. -->
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Frontdesk: errors</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/look.css">
<link rel="stylesheet" href="/docs/page.css">
</head>
<body>
<header class="top">
<nav aria-label="Documents">
<a href="/docs/">The API</a>
${errorGroups.map(({ anchor, title }) => `<a href="#${anchor}">${escaped(title)}</a>`).join("\n")}
</nav>
</header>
<main class="errors">
<h1>Errors</h1>
<p>${introduction}</p>
${errorGroups.map(htmlGroup).join("\n")}
</main>
</body>
</html>
`;

const hintsOf = (groups: readonly ErrorGroup[]) =>
  groups
    .flatMap(({ entries }) =>
      entries.map(({ anchor, remedy }) => `  ${JSON.stringify(anchor)}: ${JSON.stringify(remedy)},\n`),
    )
    .join("");

/** The text of `client/src/hints.ts`. The hints of portals are apart, so that their pages load no others. */
export function clientHints(): string {
  const [practices, therapists, accounts, client] = errorGroups as [ErrorGroup, ErrorGroup, ErrorGroup, ErrorGroup];
  return `// Written by \`npm run openapi\` from openapi/errors.ts.

/** What to do about each error, by its place on the page of errors: one sentence. */
export type Hints = Readonly<Record<string, string>>;

/** The hints of practices, users and therapists. */
export const directoryHints: Hints = {
${hintsOf([practices, therapists, client])}};

/** The hints of portal accounts. */
export const portalHints: Hints = {
${hintsOf([accounts, client])}};
`;
}
