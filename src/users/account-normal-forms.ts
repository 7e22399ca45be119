/** The normal forms Postgres stores for an account, by which it is found and compared. */
import { formVersion, identifierForm, searchForm } from './normal-form.ts'

/** Names that the search covers besides identifiers. */
export const searchedNames = ['name', 'given_name', 'family_name'] as const

/** Columns that hold the forms of an account. */
export interface StoredForms {
  readonly username_form: string | null
  readonly email_form: string | null
  /** Empty for a user without a name; null would mean not yet computed. */
  readonly name_form: string
  readonly form_version: number
}

/** The forms of a whole account. */
export const formsOf = (account: {
  readonly username?: string | null | undefined
  readonly email?: string | null | undefined
  readonly profile?: Readonly<Record<string, unknown>> | undefined
}): StoredForms => ({
  username_form: account.username == null ? null : identifierForm(account.username),
  email_form: account.email == null ? null : identifierForm(account.email),
  name_form: nameForm(account.profile ?? {}),
  form_version: formVersion,
})

/** A display name is often the same as another name. */
function nameForm(profile: Readonly<Record<string, unknown>>): string {
  const names = searchedNames.map((name) => profile[name]).filter((name) => typeof name === 'string')
  return [...new Set(names.map(searchForm))].join(' ')
}

/**
 * The given columns together with the normal forms of those that have one. `name_form` is only for a new account,
 * because it needs the whole profile.
 */
export const withForms = <Columns extends Parameters<typeof formsOf>[0]>(columns: Columns) => {
  const { username_form, email_form, name_form, form_version } = formsOf(columns)
  const { username, email } = columns
  return {
    ...columns,
    ...(username === undefined ? {} : { username_form }),
    ...(email === undefined ? {} : { email_form }),
    ...(username === undefined && email === undefined ? {} : { form_version }),
    name_form,
  }
}
