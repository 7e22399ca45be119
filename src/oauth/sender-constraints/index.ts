/** The sender constraints (OAuth 2.1 §5.1.2, RFC 9700 §2.2.1). A new one is one file and one line here. */
import type { SenderConstraint } from './define-constraint.ts'
import { dpop } from './dpop.ts'
import { mtls } from './mtls.ts'

export const senderConstraints: readonly SenderConstraint[] = [dpop, mtls]
