/**
 * The name under which this device appears in its holder's list of devices, such as `Firefox (Linux)`. Empty when the
 * browser does not say what it is.
 */
export function deviceName({ userAgent } = navigator): string {
  const first = (names: Readonly<Record<string, RegExp>>) =>
    Object.entries(names).find(([, pattern]) => pattern.test(userAgent))?.[0];
  const browser = first({
    Edge: /Edg\//,
    Opera: /OPR\//,
    Firefox: /Firefox\//,
    Chrome: /Chrom(e|ium)\//,
    Safari: /Safari\//,
  });
  const system = first({
    iPhone: /iPhone/,
    iPad: /iPad/,
    Android: /Android/,
    Windows: /Windows/,
    Mac: /Mac OS/,
    Linux: /Linux/,
  });
  // In the same words in each language, because the name is stored.
  return [browser, system && `(${system})`].filter(Boolean).join(" ");
}
