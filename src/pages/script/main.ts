/**
 * What hosted pages do in the browser beyond HTML: passkeys, and showing a password that is being typed. It asks no
 * server for anything: it fills in forms that the page came with, and takes every text from the page's own markup
 * (`src/pages/passkey-form.tsx`). Without it everything but passkeys works.
 */
import { startPasskeys } from './passkeys.ts'
import { startShowingPasswords } from './show-password.ts'
import { signal } from './signal.ts'

startShowingPasswords()
if ('PublicKeyCredential' in globalThis) {
  startPasskeys()
  signal()
}
