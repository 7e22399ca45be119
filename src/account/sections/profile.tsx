/** The claims of the profile that its owner may change, as one form. */
import type { FC } from 'hono/jsx'
import { languageNames, supportedLanguages } from '../../messages/languages.ts'
import { ErrorSummary, Field, HiddenFields, type Problem } from '../../pages/form-parts.tsx'
import type { FormPage } from '../../pages/page.ts'
import type { ProfileClaim } from '../../protocol/profile-claims.ts'
import type { User } from '../../users/user.ts'
import { editableClaims, maxLengthOf } from '../own-profile.ts'
import type { AccountSection } from './account-section.ts'

export const profileSection: AccountSection = {
  notices: {
    profile: ({ accountPages }) => accountPages.saved,
    unchanged: ({ accountPages }) => accountPages.unchanged,
  },
  async show({ page, deps, user }) {
    const [person, settings] = await Promise.all([user, deps.readSettings()])
    const editable = editableClaims(settings['account.editable_claims'])
    if (!person || editable.length === 0) return null
    return (
      <ProfileForm {...{ page, user: person, version: person.version, editable }} typed={{}} problems={[]} />
    )
  },
}

interface ProfileFormProps {
  readonly page: FormPage
  readonly user: User
  /** That the person has seen. */
  readonly version: number
  readonly editable: readonly ProfileClaim[]
  /** What was typed, where it was refused; else what is stored. */
  readonly typed: Readonly<Partial<Record<ProfileClaim, string>>>
  readonly problems: readonly Problem[]
}

export const ProfileForm: FC<ProfileFormProps> = (props) => {
  const { page, user, version, editable, typed, problems } = props
  const texts = page.messages.accountPages
  const textOf = (claim: ProfileClaim): string => typed[claim] ?? storedText(user, claim)
  return (
    <section class="card" aria-labelledby="about">
      <h2 id="about">{texts.aboutYou}</h2>
      <p class="quiet">{texts.aboutYouText}</p>
      <ErrorSummary page={page} problems={problems} />
      <form method="post" action="/account/profile">
        <HiddenFields page={page} />
        <input type="hidden" name="version" value={String(version)} />
        <input type="hidden" name="shown" value={editable.join(' ')} />
        <input type="hidden" name="shown_locale" value={storedText(user, 'locale')} />
        <div class="fields">
          {editable.map((claim) =>
            claim === 'locale' ? (
              <LanguageField page={page} value={textOf(claim)} />
            ) : (
              <Field
                name={claim}
                label={texts.labels[claim]}
                type="text"
                value={textOf(claim)}
                maxlength={maxLengthOf(claim)}
                autocomplete={autocomplete[claim]}
                autocapitalize={isName.test(claim) ? 'words' : undefined}
                hint={hintOf(page, claim)}
                problems={problems}
                optional
              />
            ),
          )}
        </div>
        <div class="actions">
          <button type="submit">{texts.save}</button>
        </div>
      </form>
    </section>
  )
}

const storedText = ({ profile }: User, claim: ProfileClaim): string => {
  const stored = profile[claim]
  return typeof stored === 'string' ? stored : ''
}

const isName = /name$/

/** So that browsers fill in what they know (WCAG 1.3.5). */
const autocomplete: Readonly<Record<ProfileClaim, string>> = {
  name: 'name',
  given_name: 'given-name',
  middle_name: 'additional-name',
  family_name: 'family-name',
  nickname: 'nickname',
  preferred_username: 'off',
  profile: 'off',
  picture: 'photo',
  website: 'url',
  gender: 'sex',
  birthdate: 'bday',
  zoneinfo: 'off',
  locale: 'language',
}

function hintOf({ messages: { accountPages: texts } }: FormPage, claim: ProfileClaim): string | undefined {
  if (claim === 'birthdate') return texts.birthdateHint
  return claim === 'zoneinfo' ? texts.zoneinfoHint : undefined
}

/** The languages there are, and one of elsewhere if that is stored. */
const LanguageField: FC<{ readonly page: FormPage; readonly value: string }> = ({ page, value }) => {
  const texts = page.messages.accountPages
  const isOther = value !== '' && !(supportedLanguages as readonly string[]).includes(value)
  return (
    <div class="field">
      <label for="locale">{texts.labels.locale}</label>
      <p class="hint" id="locale-hint">
        {texts.localeHint}
      </p>
      <select id="locale" name="locale" autocomplete="language" aria-describedby="locale-hint">
        <option value="">{texts.localeOpen}</option>
        {isOther && (
          <option value={value} selected>
            {value}
          </option>
        )}
        {supportedLanguages.map((tag) => (
          <option value={tag} lang={tag} selected={tag === value}>
            {languageNames[tag]}
          </option>
        ))}
      </select>
    </div>
  )
}
