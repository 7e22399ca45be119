/** The links of notices. Opening one changes nothing, because programs open every link of a message; a press does. */
import type { Context } from 'hono'
import type { AppEnv } from '../dependencies.ts'
import { DescribedRoutes, pageFormRefusals } from '../kit/describe-route.ts'
import { sha256 } from '../kit/hash.ts'
import type { Messages } from '../messages/en.ts'
import { formatWait } from '../messages/format-time.ts'
import { renderErrorPage } from '../pages/error-page.tsx'
import { openFormPage, openPage, sendPage } from '../pages/page.ts'
import { readPageForm } from '../pages/page-form.ts'
import { rateLimitHeaders } from '../rate-limits/rate-limit-headers.ts'
import { openUndoLink, undoChange, undoEmailPath } from '../recovery/email-change.ts'
import { disown, notMePath, openNotMeLink } from '../recovery/not-me.ts'
import { stopRecovery } from '../recovery/stop-recovery.ts'
import { openStopLink, stopRecoveryPath } from '../recovery/waiting-period.ts'
import { NoticeDone, NoticePress } from './notice-page.tsx'
import { loginPath } from './steps/step-form.tsx'

const tag = 'Sign-in'
const over =
  'The link has been used, has expired or is not ours, or there is nothing to undo: always the same response'

/** What a press did; undefined: nothing, the link is over. */
type Pressed = { readonly title: string; readonly text: string; readonly label: string }

interface NoticeLink {
  readonly path: string
  readonly ids: { readonly show: string; readonly use: string }
  readonly summaries: { readonly show: string; readonly use: string }
  readonly words: (messages: Messages) => {
    readonly title: string
    readonly text: string
    readonly action: string
  }
  /** Whether it is a link of ours that has not expired. No I/O. */
  readonly isOpen: (c: Context<AppEnv>, link: string | undefined) => Promise<boolean>
  readonly press: (c: Context<AppEnv>, link: string) => Promise<((messages: Messages) => Pressed) | undefined>
}

const describeLink = (routes: DescribedRoutes<AppEnv>, notice: NoticeLink): DescribedRoutes<AppEnv> =>
  routes
    .describe(
      {
        ...{ id: notice.ids.show, method: 'get', path: notice.path, summary: notice.summaries.show, tag },
        responses: { 200: 'One button', 400: over },
      },
      async (c) => {
        const link = c.req.query('link')
        if (link === undefined || !(await notice.isOpen(c, link))) return showOver(c)
        const page = await openFormPage(c)
        return sendPage(
          c,
          page,
          <NoticePress page={page} path={notice.path} link={link} {...notice.words(page.messages)} />,
        )
      },
    )
    .describe(
      {
        ...{ id: notice.ids.use, method: 'post', path: notice.path, summary: notice.summaries.use, tag },
        responses: {
          200: 'What was done',
          ...pageFormRefusals,
          400: over,
          429: 'Too many attempts',
        },
      },
      async (c) => {
        const form = await readPageForm(c)
        if (!form.ok) return form.error
        const link = form.value.get('link')
        if (link === undefined || !(await notice.isOpen(c, link))) return showOver(c)
        const decision = await c.env.deps.rateLimiter.take('password-link', await sha256(link))
        if (!decision.allowed) {
          return renderErrorPage(c, {
            status: 429,
            message: (messages, language) =>
              messages.tooManyAttempts(formatWait(language, decision.retryAfterSeconds)),
            headers: rateLimitHeaders(decision),
          })
        }
        const pressed = await notice.press(c, link)
        if (!pressed) return showOver(c)
        const page = await openPage(c)
        const { label, ...done } = pressed(page.messages)
        return sendPage(c, page, <NoticeDone page={page} {...done} wayOn={{ href: loginPath({}), label }} />)
      },
    )

const showOver = (c: Context<AppEnv>): Promise<Response> =>
  renderErrorPage(c, {
    status: 400,
    title: (messages) => messages.linkInvalidTitle,
    message: (messages) => messages.noticePages.over,
  })

const stop: NoticeLink = {
  path: stopRecoveryPath,
  ids: { show: 'showStopRecovery', use: 'stopRecovery' },
  summaries: {
    show: 'Page of the link that stops a recovery',
    use: 'Stops a recovery that waits',
  },
  words: ({ noticePages: { stopTitle, stopText, stopAction } }) => ({
    ...{ title: stopTitle, text: stopText, action: stopAction },
  }),
  isOpen: async ({ env: { deps } }, link) => (await openStopLink(deps.root, link, deps.now())) !== undefined,
  async press({ env: { deps, origin } }, link) {
    const user_id = await openStopLink(deps.root, link, deps.now())
    if (user_id === undefined || !(await stopRecovery(deps, user_id, origin))) return undefined
    return ({ noticePages: { stoppedTitle, stopped }, signInAction }) => ({
      ...{ title: stoppedTitle, text: stopped, label: signInAction },
    })
  },
}

const undo: NoticeLink = {
  path: undoEmailPath,
  ids: { show: 'showUndoEmail', use: 'undoEmail' },
  summaries: {
    show: 'Page of the link that undoes a change of the e-mail address',
    use: 'Puts the old e-mail address back and ends all sessions',
  },
  words: ({ noticePages: { undoTitle, undoText, undoAction } }) => ({
    ...{ title: undoTitle, text: undoText, action: undoAction },
  }),
  isOpen: async ({ env: { deps } }, link) =>
    link !== undefined && (await openUndoLink(deps.root, link)) !== undefined,
  async press({ env: { deps, origin } }, link) {
    const undone = await undoChange(deps, link, origin)
    if (undone === 'over') return undefined
    return ({ noticePages: words }) => ({
      ...(undone === 'undone'
        ? { title: words.undoneTitle, text: words.undone }
        : { title: words.takenTitle, text: words.taken }),
      label: words.toRecovery,
    })
  },
}

const notMe: NoticeLink = {
  path: notMePath,
  ids: { show: 'showNotMe', use: 'disownNotice' },
  summaries: {
    show: 'Page of the link of a notice: this was not me',
    use: 'Ends all sessions and makes the password void until a recovery',
  },
  words: ({ noticePages: { notMeTitle, notMeText, notMeAction } }) => ({
    ...{ title: notMeTitle, text: notMeText, action: notMeAction },
  }),
  isOpen: async ({ env: { deps } }, link) => (await openNotMeLink(deps.root, link, deps.now())) !== undefined,
  async press({ env: { deps, origin } }, link) {
    if (!(await disown(deps, link, origin))) return undefined
    return ({ noticePages: { doneTitle, done, toRecovery } }) => ({
      ...{ title: doneTitle, text: done, label: toRecovery },
    })
  },
}

export const noticeLinkRoutes = [stop, undo, notMe].reduce(describeLink, new DescribedRoutes<AppEnv>())
