/** The normal forms that Postgres keeps of an account: what it is found and compared by. */
import { formVersion, identifierForm, searchForm } from './normal-form.ts'

/** Names of a person that the search looks at besides identifiers. */
export const searchedNames = ['name', 'given_name', 'family_name'] as const

/** Columns that hold the forms of an account. */
export interface StoredForms {
  readonly username_form: string | null
  readonly email_form: string | null
  /** Empty for somebody without a name: null asks for another. */
  readonly name_form: string
  readonly form_version: number
}

/** What is computed of a whole account. */
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

/** A display name often is one of the others. */
function nameForm(profile: Readonly<Record<string, unknown>>): string {
  const names = searchedNames.map((name) => profile[name]).filter((name) => typeof name === 'string')
  return [...new Set(names.map(searchForm))].join(' ')
}

/**
 * Columns of an account together with the forms of what is named among them: `name_form` is for a new account, because
 * only the whole profile has it.
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
