import { usage } from './failure.ts'

/**
 * Bytes of a file or of stdin as text. Strict: a name in Latin-1 would otherwise be sent, and stored, with U+FFFD in
 * place of its letters.
 * @param source for the message
 */
export function strictText(bytes: Uint8Array, source: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw usage(`${source} is not UTF-8 text.`, 'Is it an archive, a spreadsheet or in another encoding?')
  }
}
