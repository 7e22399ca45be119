/** `POST /account/profile`: a person changes their own claims. */
import type { Context } from 'hono'
import type { AppEnv } from '../dependencies.ts'
import { setChosenLanguage } from '../interaction/language-cookie.ts'
import { DescribedRoutes, pageFormRefusals } from '../kit/describe-route.ts'
import type { Problem } from '../pages/form-parts.tsx'
import { goTo, openFormPage, sendPage } from '../pages/page.ts'
import type { ProfileClaim } from '../protocol/profile-claims.ts'
import { AccountPage } from './account.page.tsx'
import { readAccountForm } from './account-form.ts'
import { describeFault, editableClaims, pageLanguageOf, readOwnProfile } from './own-profile.ts'
import { ProfileForm } from './sections/profile.tsx'

export const profileRoutes = new DescribedRoutes<AppEnv>().describe(
  {
    id: 'changeOwnProfile',
    method: 'post',
    path: '/account/profile',
    summary: 'Changes claims of the user’s own profile',
    tag: 'Account',
    responses: {
      303: 'Done, back to the account page; or not signed in',
      ...pageFormRefusals,
      400: 'The request is malformed, or a claim cannot be stored like this',
      409: 'The account has been changed since the form was opened',
    },
  },
  async (c) => {
    const request = await readAccountForm(c)
    if (!request.ok) return request.error
    const { session, form } = request.value
    const { user_id } = session
    const { deps, origin, config } = c.env
    const editable = editableClaims((await deps.readSettings())['account.editable_claims'])
    const { profile, faults } = readOwnProfile(form, editable)
    // Attack, or mistake: an old tab overwrites what was changed since. Without a version nothing is written.
    const version = Number(/^\d{1,15}$/.exec(form.get('version') ?? '')?.[0] ?? -1)
    if (faults.length > 0) {
      const typed = Object.fromEntries(editable.map((claim) => [claim, form.get(claim) ?? '']))
      return showAgain(c, user_id, { editable, typed, faults, version })
    }
    const own = await deps.openOwnAccount()
    const outcome = await own.updateProfile({ user_id, now: deps.now(), origin, version, profile })
    if (outcome === 'gone') return goTo('/login')
    if (outcome === 'changed') return showAgain(c, user_id, { editable, typed: {}, faults: 'changed' })
    const { locale } = profile
    const language = locale === (form.get('shown_locale') ?? null) ? undefined : pageLanguageOf(locale)
    return goTo(
      `/account?done=${outcome === 'updated' ? 'profile' : 'unchanged'}`,
      language ? [setChosenLanguage(config, language)] : [],
    )
  },
)

interface Again {
  readonly editable: readonly ProfileClaim[]
  readonly typed: Readonly<Partial<Record<ProfileClaim, string>>>
  readonly faults: readonly ProfileClaim[] | 'changed'
  /** Of the form that was sent; absent: that of now. */
  readonly version?: number
}

/** The form with what is wrong, or with what is stored now. */
async function showAgain(
  c: Context<AppEnv>,
  userId: string,
  { editable, typed, faults, version }: Again,
): Promise<Response> {
  const [page, user] = await Promise.all([openFormPage(c), c.env.deps.findUser(userId)])
  if (!user) return goTo('/login')
  const isChanged = faults === 'changed'
  const problems: readonly Problem[] = isChanged
    ? [{ message: page.messages.accountPages.changedMeanwhile }]
    : faults.map((claim) => ({ field: claim, message: describeFault(page.messages, claim) }))
  const form = (
    <ProfileForm {...{ page, user, version: version ?? user.version, editable, typed, problems }} />
  )
  const html = <AccountPage page={page} current="profile" hasProblem sections={[form]} />
  return sendPage(c, page, html, {
    status: isChanged ? 409 : 400,
    refusal: isChanged ? 'changed meanwhile' : 'a claim cannot be stored',
  })
}
