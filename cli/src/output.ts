/** Everything that the command prints goes through this file. Results go to stdout, all other text to stderr. */

/** The codes that terminals read. */
const colorCodes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 };
type Color = keyof typeof colorCodes;

/** Whether a stream is a terminal whose reader wants colors. @see https://no-color.org */
const isColored = (stream: NodeJS.WriteStream) => stream.isTTY === true && !process.env.NO_COLOR;

/** A text in a color, for stdout or stderr; unchanged where there are no colors. */
export const colored = (color: Color, text: string, stream: NodeJS.WriteStream = process.stdout): string =>
  isColored(stream) ? `\u001b[${colorCodes[color]}m${text}\u001b[0m` : text;

/** Prints one line of the result. */
export const line = (text = ""): void => void process.stdout.write(`${text}\n`);

/** Prints a value as JSON, with two blanks for each level. */
export const json = (value: unknown): void => line(JSON.stringify(value, undefined, 2));

/** Prints one line that is not part of the result, such as progress. */
export const note = (text: string): void => void process.stderr.write(`${text}\n`);

/** Prints what went wrong, and what the reader can do. */
export function problem(text: string, hint?: string): void {
  note(`${colored("red", "error:", process.stderr)} ${printable(text)}`);
  if (hint !== undefined) note(`${colored("yellow", "hint:", process.stderr)} ${hint}`);
}

/** Control characters, with which a text could change what a terminal shows. */
const controls = /[\p{Cc}\p{Bidi_Control}]/gu;

/** A text with its control characters escaped: one line, which cannot change what a terminal shows. */
export const printable = (text: string): string =>
  text.replace(controls, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** A text as one word of a command that the reader can copy into a shell. */
export const shellWord = (text: string): string =>
  /^[\w./@%+,:=-]+$/.test(text) ? text : `'${printable(text).replaceAll("'", "'\\''")}'`;

/** Makes `frontdesk … | head` end without an error when the reader has closed the pipe. */
export function endQuietlyOnBrokenPipe(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
  // Nobody reads the progress. The work goes on.
  process.stderr.on("error", () => {});
}
