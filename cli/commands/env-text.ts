/** The environment of a new client as the text of a `.env` file. */
import { randomBytes } from 'node:crypto'
import { Failure } from '../failure.ts'
import { safeText } from '../output/safe-text.ts'

export interface Variable {
  readonly name: string
  readonly value: string | null
  readonly random_bytes?: number
}

/** Attack: a server that is not what it seems names `NODE_OPTIONS`, and its value runs with the application. */
const ownName = /^(?:[A-Z][A-Z0-9]*_)*AUTHLY_[A-Z0-9_]+$/
const maxRandomBytes = 1024

/** Secrets of the application itself are made here: the server never sees them. */
export const withOwnSecrets = (environment: readonly Variable[]): readonly Variable[] =>
  environment.map((variable) => {
    const { name, random_bytes: count = 0 } = variable
    if (!ownName.test(name) || count > maxRandomBytes)
      throw new Failure('refused', `The server names the variable ${name}, which is none of an application.`)
    // Attack: `https://evil.example/${DATABASE_URL}`. Vite and Next.js put other variables in, whatever the quotes.
    if (variable.value?.includes('$'))
      throw new Failure(
        'refused',
        `The server’s value of ${name} has a $, which would be replaced when it is read.`,
      )
    return count > 0 ? { ...variable, value: randomBytes(count).toString('base64url') } : variable
  })

/** @param about first line, a comment */
export const envText = (about: string, environment: readonly Variable[]): string =>
  [
    `# ${safeText(about)}`,
    ...environment.map(({ name, value }) => `${name}=${value === null ? '' : quoted(value)}`),
    '',
  ].join('\n')

/** Quoted only where a reader of `.env` files would take something out of it. */
function quoted(value: string): string {
  const text = safeText(value)
  if (/^[\w.:/@%+,=~?&-]*$/.test(text)) return text
  return text.includes("'") ? `"${text.replaceAll(/["\\`]/g, '\\$&')}"` : `'${text}'`
}
