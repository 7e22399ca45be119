/** bcrypt (`$2a$`, `$2b$`, `$2y$`): Auth0, Okta, Rails, Laravel, Spring and many more. */
import { compare } from 'bcryptjs'
import type { ForeignScheme } from './foreign-scheme.ts'

/** 12 takes about 0.25 s of pure JavaScript here; each more doubles it. */
const costBounds = { least: 4, most: 12 }

const modular = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/

export const bcrypt: ForeignScheme = {
  id: 'bcrypt',
  parse(stored) {
    const cost = Number(modular.exec(stored)?.[1] ?? 0)
    if (cost < costBounds.least || cost > costBounds.most) return undefined
    // bcrypt itself takes 72 bytes; what those systems did not read must not matter here either.
    return { verify: (password) => compare(new TextDecoder().decode(password), stored) }
  },
}
