/** bcrypt (`$2a$`, `$2b$`, `$2y$`): Auth0, Okta, Rails, Laravel, Spring and many more. */
import { compare } from 'bcryptjs'
import type { ForeignScheme } from './foreign-scheme.ts'

/** Cost 12 takes about 0.25 s in pure JavaScript here; each increment doubles it. */
const costBounds = { min: 4, max: 12 }

const modular = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/

export const bcrypt: ForeignScheme = {
  id: 'bcrypt',
  parse(stored) {
    const cost = Number(modular.exec(stored)?.[1] ?? 0)
    if (cost < costBounds.min || cost > costBounds.max) return undefined
    // bcrypt reads only 72 bytes: what those systems ignored must be ignored here too.
    return { verify: (password) => compare(new TextDecoder().decode(password), stored) }
  },
}
