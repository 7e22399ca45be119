/** What the server says a change of a client would do: whole sentences, which a table would cut. */
import { exitCodes } from '../exit-codes.ts'
import type { Output } from '../output/output.ts'
import type { Item } from '../output/table.ts'

const itemsOf = (value: unknown): readonly Item[] => (Array.isArray(value) ? (value as readonly Item[]) : [])

const paragraphs = (title: string, items: readonly Item[], linesOf: (item: Item) => readonly unknown[]) =>
  items.length === 0 ? [] : ['', title, ...items.flatMap((item) => linesOf(item).map((line) => `  ${line}`))]

/** What a preset decides; the rest is in the JSON. */
const decided = [
  ...['client_name', 'token_endpoint_auth_methods', 'grant_types', 'redirect_uris'],
  ...['post_logout_redirect_uris', 'backchannel_logout_uri', 'scope', 'resources', 'profile'],
  ...['first_party', 'dpop_bound_access_tokens'],
]
const shownMembers = (answer: Item): readonly Item[] =>
  decided.flatMap((name) => {
    const value = [answer[name] ?? []].flat().join(' ')
    return value === '' ? [] : [{ name, value }]
  })

/** @returns the exit status: that of a refusal, if the change would be refused */
export function printDryRun(output: Output, answer: Item): number {
  const tried = answer['dry_run'] as Item
  const faults = itemsOf(tried['faults'])
  const setup = answer['setup'] as Item | undefined
  if (output.format !== 'table') output.thing(answer)
  else {
    output.text(
      [
        faults.length > 0 ? 'The change would be refused.' : 'The change would be made.',
        ...paragraphs('Faults', faults, ({ pointer, detail }) => [`${pointer}  ${detail}`]),
        ...paragraphs('Served otherwise', itemsOf(tried['served']), ({ member, before, after }) => [
          `${member}  ${before ?? '-'} → ${after ?? '-'}`,
        ]),
        ...paragraphs(
          'Demanded from then on, and what happens to living grants',
          itemsOf(tried['demands']),
          (demand) => [`${demand['demand']}: ${demand['words']}.`, `    ${demand['grants']}.`],
        ),
        ...paragraphs('Not demanded any more', itemsOf(tried['lifted']), (demand) => [
          `${demand['demand']}: ${demand['words']}.`,
        ]),
        ...paragraphs('Registered with', setup ? shownMembers(answer) : [], ({ name, value }) => [
          `${name}  ${value}`,
        ]),
        ...paragraphs('Variables', itemsOf(setup?.['environment']), (variable) => [
          `${variable['name']}=${variable['value'] ?? '…'}`,
        ]),
        ...(tried['people'] === undefined
          ? []
          : ['', `People who have given it consent: ${tried['people']}`]),
      ].join('\n'),
    )
    output.note('Nothing was changed (--dry-run).')
  }
  return faults.length > 0 ? exitCodes.refused.code : exitCodes.ok.code
}
