/** The one place that windows show: local files behind a scheme of our own, never `file:`. */
export const appScheme = "app";
export const appOrigin = "app://callledger";
export const appPage = `${appOrigin}/index.html`;

/** Also a header of every answer of the scheme. Nothing inline, nothing from elsewhere, no frames, no forms. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** Whether a URL is one of our own pages or their parts. */
export function isAppUrl(text: string): boolean {
  const url = parse(text);
  // `origin` is "null" for schemes that the URL standard does not know, so the parts are compared.
  return url !== undefined && url.protocol === `${appScheme}:` && url.host === "callledger" && url.username === "";
}

/** What a request of a window may load: our own files. DevTools bring theirs where they are allowed at all. */
export function isLoadable(text: string, devTools: boolean): boolean {
  return isAppUrl(text) || (devTools && parse(text)?.protocol === "devtools:");
}

/**
 * The URL to hand to the person's browser, or undefined: web pages by TLS, and by name, with no sign-in in it. All else
 * (files, scripts, mail, other apps' schemes) could start a program.
 */
export function toExternalUrl(text: string): string | undefined {
  const url = parse(text);
  if (url === undefined || url.protocol !== "https:" || url.username !== "" || url.password !== "") return undefined;
  return url.hostname.includes(".") && !/^[\d.]+$|\[/.test(url.hostname) ? url.href : undefined;
}
