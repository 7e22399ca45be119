/**
 * Describes what a client requests: in the user's language where there is a translation, else as in the scope
 * catalogue.
 */

import type { Messages } from '../messages/en.ts'
import { isolated } from '../messages/isolated.ts'
import type { ScopeCatalog } from '../scopes/scope.ts'

export interface ConsentDescription {
  readonly scopes: readonly string[]
  readonly claims: readonly string[]
}

/** One line per scope and claim. Names without a description are shown as they are, never hidden. */
export function describeConsent(
  asked: { readonly scopes: readonly string[]; readonly claims: readonly string[] },
  catalog: ScopeCatalog,
  messages: Messages,
): ConsentDescription {
  const descriptions = new Map(catalog.scopes.map(({ name, description }) => [name, description]))
  return {
    scopes: asked.scopes.map(
      (name) => own(messages.scopes, name) ?? isolated(descriptions.get(name) || name),
    ),
    claims: asked.claims.map((name) => own(messages.claims, name) ?? isolated(name)),
  }
}

const own = (texts: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(texts, name) ? texts[name] : undefined
