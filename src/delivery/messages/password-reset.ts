import { defineSetupLink } from './setup-link.ts'

/** An administrator took the password away; its owner sets another. */
export const passwordReset = defineSetupLink((mail) => mail.passwordReset)
