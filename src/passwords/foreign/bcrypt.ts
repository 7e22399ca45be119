/** bcrypt (`$2a$`, `$2b$`, `$2y$`): Auth0, Okta, Rails, Laravel, Symfony, Spring and many more. */
import type { ForeignScheme } from './foreign-scheme.ts'

/** Cost 13, Symfony's default, takes about half a second in pure JavaScript; each increment doubles it. */
const costBounds = { min: 4, max: 13 }

const modular = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/

/** Undefined for what is not bcrypt. */
export function costOfBcrypt(stored: string): 'bounded' | 'too dear' | undefined {
  const cost = Number(modular.exec(stored)?.[1] ?? 0)
  if (cost < costBounds.min || cost > 31) return undefined
  return cost > costBounds.max ? 'too dear' : 'bounded'
}

/** Loaded on demand, because few sign-ins need it. */
export async function compareBcrypt(password: string, stored: string): Promise<boolean> {
  const { compare } = await import('bcryptjs')
  return compare(password, stored)
}

export const bcrypt: ForeignScheme = {
  id: 'bcrypt',
  parse(stored) {
    const cost = costOfBcrypt(stored)
    if (!cost || cost === 'too dear') return cost
    // bcrypt reads only 72 bytes: what those systems ignored must be ignored here too.
    return { verify: (password) => compareBcrypt(new TextDecoder().decode(password), stored) }
  },
}
