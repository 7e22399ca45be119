/** Operations on the passkeys of all people together; those of one person are in `users/`. */
import type { Operation } from '../operation.ts'
import { listPasskeyDomains } from './list-passkey-domains.operation.ts'

export const passkeyOperations: readonly Operation[] = [listPasskeyDomains]
