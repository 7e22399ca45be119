/**
 * Text that others chose (client, account and device names), fit to stand inside a sentence. Without this a
 * name with direction overrides could turn the rest of the sentence around ("evil.exe.moc.knab").
 */
export function isolated(name: string): string {
  const visible = name.replace(/[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '')
  return `\u2068${visible}\u2069`
}
