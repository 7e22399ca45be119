import { defineSetupLink } from './setup-link.ts'

/** An administrator made an account; its owner sets the first password. */
export const invitation = defineSetupLink((mail) => mail.invitation)
