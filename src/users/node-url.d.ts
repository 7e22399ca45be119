/** The part of node:url used here: Workers provide it, but their types lack it. */
declare module 'node:url' {
  /** Decodes punycode. */
  export function domainToUnicode(domain: string): string
}
