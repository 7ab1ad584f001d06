/** Characters that are drawn as nothing, wherever they stand: joiners, marks of direction, fillers, soft hyphens. */
const invisible = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;
/** Blanks, controls and an empty Braille cell are drawn as nothing too, but keep what is around them apart. */
const visible = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\u2800]/u;

/** A text without the characters that nobody sees. Blanks stay. */
export const withoutInvisible = (text: string): string => text.replace(invisible, "");

/** Whether somebody who reads a text sees anything. */
export const hasVisible = (text: string): boolean => visible.test(text);
