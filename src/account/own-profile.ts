/** The claims that a person changes themselves: what a form says, checked by the schemas of the admin API. */

import { primaryLanguageOf } from '../kit/language-tag.ts'
import type { Messages } from '../messages/en.ts'
import { isLanguageTag, type LanguageTag } from '../messages/languages.ts'
import { type ProfileClaim, profileClaims } from '../protocol/profile-claims.ts'
import { profilePatch } from '../users/profile-fields.ts'

export interface OwnProfileChange {
  /** A merge patch: null takes a claim away. */
  readonly profile: Readonly<Record<string, string | null>>
  /** Claims that cannot be stored like this. */
  readonly faults: readonly ProfileClaim[]
}

/** In the order of the form, whatever that of the setting is. */
export const editableClaims = (setting: readonly ProfileClaim[]): readonly ProfileClaim[] =>
  profileClaims.filter((claim) => setting.includes(claim))

/**
 * A field that was shown and is left empty does not come: its claim is taken away. Attack: a form with more fields than it
 * was shown with. Claims that are not `editable` are not read; neither is anything else of the account.
 */
export function readOwnProfile(
  form: { get(name: string): string | undefined },
  editable: readonly ProfileClaim[],
): OwnProfileChange {
  const profile: Record<string, string | null> = {}
  const faults: ProfileClaim[] = []
  const shown = form.get('shown')?.split(' ') ?? []
  for (const claim of editable.filter((each) => shown.includes(each))) {
    const parsed = profilePatch.shape[claim].safeParse(form.get(claim)?.trim() || null)
    if (parsed.success) profile[claim] = parsed.data ?? null
    else faults.push(claim)
  }
  return { profile, faults }
}

/** The longest line that the schemas take. */
const maxLine: Partial<Record<ProfileClaim, number>> = { gender: 50 }
export const maxLengthOf = (claim: ProfileClaim): number =>
  ['profile', 'picture', 'website'].includes(claim) ? 2048 : (maxLine[claim] ?? 200)

/** What is wrong with a claim, naming its field. */
export function describeFault(messages: Messages, claim: ProfileClaim): string {
  const texts = messages.accountPages
  const label = texts.labels[claim]
  switch (claim) {
    case 'profile':
    case 'picture':
    case 'website':
      return texts.webAddressInvalid(label)
    case 'birthdate':
      return texts.birthdateInvalid(label)
    case 'zoneinfo':
      return texts.zoneinfoInvalid(label)
    case 'locale':
      return texts.localeInvalid(label)
    default:
      return texts.lineInvalid(label, maxLengthOf(claim))
  }
}

/** The language of pages that a locale stands for. */
export function pageLanguageOf(locale: unknown): LanguageTag | undefined {
  const primary = typeof locale === 'string' ? primaryLanguageOf(locale) : ''
  return isLanguageTag(primary) ? primary : undefined
}
