/** Permissions of the admin API, gathered by what they are about: thirty lines in a row are read by nobody. */
import type { Language } from '../messages/choose-language.ts'

export interface AdministeredArea {
  /** What is administered. */
  readonly name: string
  /** What can be done with it, in one line. */
  readonly actions: string
}

interface AreaTexts {
  readonly name: string
  readonly actions: Readonly<Record<string, readonly string[]>>
}

/** @returns a line for each area, and the scopes that have no texts of this kind */
export function describeAdministration(
  scopes: readonly string[],
  { tag, messages }: Pick<Language, 'tag' | 'messages'>,
): { readonly areas: readonly AdministeredArea[]; readonly others: readonly string[] } {
  const list = new Intl.ListFormat(tag, { type: 'conjunction', style: 'narrow' })
  const texts: readonly (readonly [string, AreaTexts])[] = Object.entries(messages.administration.areas)
  const known = texts.map(([area, { name, actions }]) => ({
    name,
    actions: Object.entries(actions)
      .map(([action, words]) => ({ scope: `admin:${area}:${action}`, words }))
      .filter(({ scope }) => scopes.includes(scope)),
  }))
  const described = known.flatMap(({ actions }) => actions.map(({ scope }) => scope))
  return {
    areas: known
      .filter(({ actions }) => actions.length > 0)
      .map(({ name, actions }) => ({ name, actions: list.format(actions.flatMap(({ words }) => words)) })),
    others: scopes.filter((scope) => !described.includes(scope)),
  }
}
