/**
 * Isolates untrusted text (names of clients, accounts and devices) for use inside a sentence. Otherwise direction
 * overrides in a name could reorder the rest of the sentence ("evil.exe.moc.knab").
 */
export function isolated(name: string): string {
  const visible = name.replace(/[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '')
  return `\u2068${visible}\u2069`
}
