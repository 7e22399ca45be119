/** What the deployment asks of whoever makes an account: a username, a name, its terms. */
import type { FC } from 'hono/jsx'
import { Field, type Problem } from '../../pages/form-parts.tsx'
import { TermsField, termsField } from '../../pages/terms-field.tsx'
import type { Settings } from '../../settings/settings.ts'
import { maxLength } from '../../users/identifier-length.ts'
import { profile } from '../../users/profile-fields.ts'
import { usernameProblem } from '../username-policy.ts'
import { RegistrationForm } from './registration-form.tsx'
import type { RegistrationPageProps, RegistrationStep } from './registration-step.ts'

const id = 'details'
const maxNameLength = 200

const asksNothing = (settings: Settings): boolean =>
  settings['registration.username'] === 'none' &&
  settings['registration.name'] === 'none' &&
  settings['registration.terms'] === null

const DetailsPage: FC<RegistrationPageProps> = (shown) => {
  const { page, problems, settings, typed, progress } = shown
  const { messages } = page
  const texts = messages.registration
  const wants = { username: settings['registration.username'], name: settings['registration.name'] }
  const terms = settings['registration.terms']
  return (
    <RegistrationForm shown={shown} step={id}>
      {wants.name !== 'none' && (
        <Field
          name="name"
          type="text"
          label={wants.name === 'optional' ? texts.optional(texts.nameLabel) : texts.nameLabel}
          autocomplete="name"
          maxlength={maxNameLength}
          optional={wants.name === 'optional'}
          value={typed?.get('name') ?? progress.details?.name}
          problems={problems}
        />
      )}
      {wants.username !== 'none' && (
        <Field
          name="username"
          type="text"
          label={
            wants.username === 'optional' ? texts.optional(messages.usernameLabel) : messages.usernameLabel
          }
          hint={texts.usernameHint}
          autocomplete="username"
          maxlength={maxLength.username}
          optional={wants.username === 'optional'}
          dir="ltr"
          value={typed?.get('username') ?? progress.details?.username}
          problems={problems}
        />
      )}
      {terms && (
        <TermsField
          page={page}
          uri={terms.uri}
          isAccepted={typed?.get(termsField) === 'yes'}
          problems={problems}
        />
      )}
      <div class="actions">
        <button type="submit">{messages.continueAction}</button>
      </div>
    </RegistrationForm>
  )
}

export const details: RegistrationStep = {
  id,
  title: ({ registration }) => registration.detailsTitle,
  isDone: (progress, settings) => progress.details !== undefined || asksNothing(settings),
  page: DetailsPage,

  async attempt(needs, { form, progress, page, settings, origin }) {
    const texts = page.messages.registration
    const problems: Problem[] = []
    const refuse = (field: string, message: string) => problems.push({ field, message })

    const name = asked(settings['registration.name'], form.get('name'))
    if (name === undefined && settings['registration.name'] === 'required') refuse('name', texts.nameMissing)
    if (name !== undefined && !profile.safeParse({ name }).success) refuse('name', texts.nameInvalid)

    const username = asked(settings['registration.username'], form.get('username'))
    if (username === undefined) {
      if (settings['registration.username'] === 'required') refuse('username', texts.usernameMissing)
    } else {
      const problem = usernameProblem(username, settings['registration.reserved_usernames'])
      // Attack: one proven address, and the list of all usernames.
      const decision = await needs.rateLimiter.take('register-step-ip', origin.ip ?? 'unknown')
      if (!decision.allowed) return { status: 'limited', decision }
      if (problem === 'malformed') refuse('username', texts.usernameMalformed)
      else if (problem === 'reserved' || (await needs.findUserForLogin(username)).person) {
        // One answer for both: which names are kept free is nobody's business.
        refuse('username', texts.usernameTaken)
      }
    }

    const terms = settings['registration.terms']
    if (terms && form.get(termsField) !== 'yes') refuse(termsField, texts.termsMissing)
    if (problems.length > 0) return { status: 'refused', problems, reason: 'details' }
    return {
      status: 'next',
      progress: { ...progress, details: { username, name, terms_version: terms?.version } },
    }
  },
}

/** What was typed where it is asked for. */
function asked(wanted: 'none' | 'optional' | 'required', typed: string | undefined): string | undefined {
  const text = typed?.trim()
  return wanted === 'none' || !text ? undefined : text
}
