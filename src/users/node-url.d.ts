/** The part of node:url that is used here: Workers have it natively. Their types do not know it. */
declare module 'node:url' {
  /** Punycode decoded. */
  export function domainToUnicode(domain: string): string
}
