/** Loads the library of WebAuthn on first use. */
import { lazily } from '../kit/lazily.ts'

export const loadWebauthn = lazily(() => import('./webauthn.ts'))
