/**
 * What hosted pages do in the browser beyond HTML: passkeys, showing a password that is being typed, and going on after a
 * sign-out. It asks no server for anything: it fills in forms that the page came with, and takes every text from the page's own markup
 * (`src/pages/passkey-form.tsx`). Without it everything but passkeys works.
 */
import { goOnAfterFrames, goOnWithoutPasskeys } from './go-on.ts'
import { startPasskeys } from './passkeys.ts'
import { startShowingPasswords } from './show-password.ts'
import { signal } from './signal.ts'

startShowingPasswords()
goOnAfterFrames()
if ('PublicKeyCredential' in globalThis) {
  startPasskeys()
  signal()
} else goOnWithoutPasskeys()
