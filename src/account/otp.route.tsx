/** `/account/one-time-passwords`: a person's own authenticator apps. Every change needs a recent, equal sign-in. */
import type { Context } from 'hono'
import type { AppEnv } from '../dependencies.ts'
import { DescribedRoutes, pageFormRefusals } from '../kit/describe-route.ts'
import type { Messages } from '../messages/en.ts'
import { beginEnrolment, openEnrolment } from '../one-time-passwords/enrolment.ts'
import { maxGeneratorName, maxGenerators } from '../one-time-passwords/generator.ts'
import {
  addGenerator,
  listGenerators,
  readGeneratorName,
  removeGenerator,
  renameGenerator,
} from '../one-time-passwords/manage-generators.ts'
import {
  drawRecoveryCodes,
  keepRecoveryCodes,
  openDrawnCodes,
} from '../one-time-passwords/manage-recovery-codes.ts'
import { otpToleranceOf } from '../one-time-passwords/tolerance.ts'
import type { Problem } from '../pages/form-parts.tsx'
import { showEnrolment } from '../pages/otp-enrolment.tsx'
import { goTo, openFormPage, sendPage } from '../pages/page.ts'
import { timeZoneOf } from './account-form.ts'
import { accountLabel } from './account-label.ts'
import { nameField } from './factor-card.tsx'
import { type FactorChange, generatorNeeds, readFactorForm, requireFactorChange } from './factor-change.ts'
import { AddOtpPage, OtpPage } from './otp.page.tsx'

const path = '/account/one-time-passwords'
const tag = 'Account'
const postResponses = {
  303: 'Done, back to the authenticator apps; or a new sign-in is needed',
  ...pageFormRefusals,
}

/** Only known ones, so that a crafted link cannot put text on the page. */
const notices: Readonly<Record<string, (messages: Messages) => string>> = {
  renamed: ({ oneTimePasswords }) => oneTimePasswords.renamed,
}

export const otpRoutes = new DescribedRoutes<AppEnv>()
  .describe(
    {
      id: 'showOneTimePasswords',
      method: 'get',
      path,
      summary: 'The user’s authenticator apps',
      tag,
      responses: { 200: 'The apps', 303: 'A new sign-in is needed first' },
    },
    async (c) => {
      const change = await requireFactorChange(c, 'one_time_passwords')
      return change.ok ? showGenerators(c, change.value) : change.error
    },
  )
  .describe(
    {
      id: 'showNewOneTimePassword',
      method: 'get',
      path: `${path}/add`,
      summary: 'A new key for an authenticator app, as a QR code',
      tag,
      responses: { 200: 'The key, of which nothing is stored yet', 303: 'A new sign-in is needed first' },
    },
    async (c) => {
      const change = await requireFactorChange(c, 'one_time_passwords')
      return change.ok ? showNewGenerator(c, change.value) : change.error
    },
  )
  .describe(
    {
      id: 'addOneTimePassword',
      method: 'post',
      path: `${path}/add`,
      summary: 'Adds the authenticator app whose code is entered',
      tag,
      responses: postResponses,
    },
    async (c) => {
      const request = await readFactorForm(c, 'one_time_passwords')
      if (!request.ok) return request.error
      const { session, factors, form } = request.value
      const typed = {
        enrolment: form.get('enrolment') ?? '',
        codes: form.get('codes') ?? '',
        code: form.get('code') ?? '',
        name: form.get('name'),
      }
      const name = readGeneratorName(typed.name)
      if (name === undefined) return showNewGenerator(c, request.value, { typed, refusal: 'name' })
      if (!typed.code.trim()) return showNewGenerator(c, request.value, { typed, refusal: 'missing' })
      const { deps, origin } = c.env
      const { status } = await addGenerator(generatorNeeds(deps), {
        ...{ user_id: session.user_id, origin, ...typed, name, judged: factors },
        tolerance: otpToleranceOf(await deps.readSettings()),
      })
      // In another tab, or by somebody else: whether this sign-in is strong enough is asked again.
      if (status === 'changed') return goTo(`${path}/add`)
      if (status !== 'added') return showNewGenerator(c, request.value, { typed, refusal: status })
      deps.notify('notice_factor_added', session.user_id, origin)
      if (factors.recovery_codes === 0) {
        await keepRecoveryCodes(deps, { user_id: session.user_id, sealed: typed.codes, origin })
      }
      return goTo('/account/security?done=otp')
    },
  )
  .describe(
    {
      id: 'renameOneTimePassword',
      method: 'post',
      path: `${path}/rename`,
      summary: 'Gives one of the user’s authenticator apps another name',
      tag,
      responses: postResponses,
    },
    async (c) => {
      const request = await readFactorForm(c, 'one_time_passwords')
      if (!request.ok) return request.error
      const { session, form } = request.value
      const { deps, origin } = c.env
      const id = form.get('id') ?? ''
      const name = form.get('name')
      const outcome = await renameGenerator(generatorNeeds(deps), {
        user_id: session.user_id,
        id,
        name,
        origin,
      })
      return outcome === 'renamed'
        ? goTo(`${path}?done=renamed`)
        : showGenerators(c, request.value, { reason: outcome, id })
    },
  )
  .describe(
    {
      id: 'removeOneTimePassword',
      method: 'post',
      path: `${path}/remove`,
      summary: 'Removes one of the user’s authenticator apps',
      tag,
      responses: postResponses,
    },
    async (c) => {
      const request = await readFactorForm(c, 'one_time_passwords')
      if (!request.ok) return request.error
      const { session, form } = request.value
      const { deps, origin } = c.env
      const id = form.get('id') ?? ''
      const outcome = await removeGenerator(generatorNeeds(deps), { user_id: session.user_id, id, origin })
      if (outcome === 'removed') deps.notify('notice_factor_removed', session.user_id, origin)
      return outcome === 'removed'
        ? goTo('/account/security?done=otp_removed')
        : showGenerators(c, request.value, { reason: outcome, id })
    },
  )

interface ListRefusal {
  readonly reason: 'invalid' | 'unknown' | 'last'
  readonly id: string
}

async function showGenerators(
  c: Context<AppEnv>,
  { session }: FactorChange,
  refusal?: ListRefusal,
): Promise<Response> {
  const [page, generators] = await Promise.all([
    openFormPage(c),
    listGenerators(generatorNeeds(c.env.deps), session.user_id),
  ])
  const texts = page.messages.oneTimePasswords
  const index = generators.findIndex(({ id }) => id === refusal?.id)
  const problem: Problem | undefined =
    refusal &&
    (refusal.reason === 'invalid' && index >= 0
      ? { field: nameField(index), message: texts.nameInvalid(maxGeneratorName) }
      : { message: refusal.reason === 'last' ? page.messages.lastStrongFactor : texts.unknown })
  const done = c.req.query('done') ?? ''
  const html = (
    <OtpPage
      page={page}
      generators={generators}
      timeZone={timeZoneOf(c.req.raw)}
      notice={!refusal && Object.hasOwn(notices, done) ? notices[done]?.(page.messages) : undefined}
      problems={problem ? [problem] : []}
    />
  )
  return sendPage(c, page, html, refusal ? { status: 400, refusal: refusal.reason } : {})
}

interface Typed {
  readonly enrolment: string
  readonly codes: string
  readonly name: string | undefined
}

type AddRefusal = 'name' | 'missing' | 'expired' | 'wrong' | 'full' | 'gone'

const problemOf: Readonly<Record<AddRefusal, (texts: Messages['oneTimePasswords']) => Problem>> = {
  name: (texts) => ({ field: 'name', message: texts.nameInvalid(maxGeneratorName) }),
  missing: (texts) => ({ field: 'code', message: texts.codeMissing }),
  wrong: (texts) => ({ field: 'code', message: texts.codeWrong }),
  expired: (texts) => ({ message: texts.expired }),
  full: (texts) => ({ message: texts.full(maxGenerators) }),
  gone: (texts) => ({ message: texts.unknown }),
}

/** Key and codes stay the same until they expire: the app, and a sheet of paper, may have them already. */
async function showNewGenerator(
  c: Context<AppEnv>,
  { session: { user_id }, factors }: FactorChange,
  refused?: { readonly typed: Typed; readonly refusal: AddRefusal },
): Promise<Response> {
  const { deps } = c.env
  const { root } = deps
  const now = deps.now()
  const typed = refused?.typed
  const begun = typed && (await openEnrolment(root, user_id, typed.enrolment, now))
  const enrolment = begun ?? (await beginEnrolment(root, user_id, now))
  const shown = typed && (await openDrawnCodes(root, user_id, typed.codes, now))
  const drawn =
    factors.recovery_codes > 0 ? undefined : (shown ?? (await drawRecoveryCodes(root, user_id, now)))
  const [page, label] = await Promise.all([openFormPage(c), accountLabel(deps, user_id)])
  const texts = page.messages.oneTimePasswords
  const html = (
    <AddOtpPage
      page={page}
      enrolment={await showEnrolment(enrolment, label)}
      drawn={drawn}
      {...label}
      name={typed?.name ?? texts.usualName}
      problems={refused ? [problemOf[refused.refusal](texts)] : []}
    />
  )
  return sendPage(c, page, html, refused ? { status: 400, refusal: refused.refusal } : {})
}
