/**
 * Encodes an object as jQuery does by default, and so as the samples of the source send it: urlencoded, with bracketed
 * names. @see https://api.jquery.com/jQuery.param/
 */
export function bracketed(body: object): string {
  const pairs: string[] = [];
  const visit = (name: string, value: unknown) => {
    if (Array.isArray(value)) {
      for (const [place, part] of value.entries()) visit(`${name}[${typeof part === "object" ? place : ""}]`, part);
    } else if (typeof value === "object" && value !== null) {
      for (const [below, part] of Object.entries(value)) visit(`${name}[${below}]`, part);
    } else {
      pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(String(value ?? ""))}`);
    }
  };
  for (const [name, value] of Object.entries(body)) visit(name, value);
  return pairs.join("&").replaceAll("%20", "+");
}

/** The content type of such a body. */
export const bracketedType = "application/x-www-form-urlencoded; charset=UTF-8";
