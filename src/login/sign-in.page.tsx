/** The frame of the steps of signing in: for whom, why, and what else there is. */
import type { FC } from 'hono/jsx'
import type { SignInPolicy } from '../authentication/sign-in-state.ts'
import { isolated } from '../messages/isolated.ts'
import { ClientLinks } from '../pages/client-links.tsx'
import { shownName } from '../pages/client-name.ts'
import { ErrorSummary, Notice } from '../pages/form-parts.tsx'
import { Layout } from '../pages/layout.tsx'
import { PasskeySignals } from '../pages/passkey-form.tsx'
import { Alternatives } from '../pages/sign-in-parts.tsx'
import type { Step, StepPageProps } from './steps/step.ts'
import { startOverPath, stepPath } from './steps/step-form.tsx'

interface SignInPageProps {
  readonly step: Step
  readonly shown: StepPageProps
  /** Steps whose form is on this page too. */
  readonly beside: readonly { readonly step: Step; readonly shown: StepPageProps }[]
  /** Other steps that lead on. */
  readonly others: readonly Step[]
  /** Name of the account that is signed in on this browser, where the page is shown to its user. */
  readonly signedIn: string | undefined
  /** Confirmation of what was done before this page. */
  readonly notice: string | undefined
  /** Where people make an account; undefined where they cannot. */
  readonly registerPath: string | undefined
}

/** Whether the person confirms who they are, rather than arriving. */
const isAgain = ({ because }: SignInPolicy): boolean => because === 'again' || because === 'stronger'

export const SignInPage: FC<SignInPageProps> = (props) => {
  const { step, shown, notice } = props
  const { page, problems, client } = shown
  const { messages } = page
  const title =
    step.title?.(messages, shown.policy) ??
    (isAgain(shown.policy) ? messages.signInAgainTitle : messages.signInTitle)
  const StepPage = step.page
  return (
    <Layout page={page} title={title} hasProblem={problems.length > 0}>
      <div class="card">
        <h1>{title}</h1>
        <Reason {...props} />
        <Notice message={notice} />
        <ErrorSummary page={page} problems={problems} />
        <StepPage {...shown} />
        {props.beside.map(({ step: { beside: Beside }, shown: own }) => Beside && <Beside {...own} />)}
        <Alternatives
          page={page}
          ways={props.others.map((other) => ({
            href: other.kind === 'identify' ? startOverPath(shown) : stepPath(shown, other.id),
            label: other.label(messages),
          }))}
        />
        {props.registerPath && (
          <p class="aside">
            {messages.registration.noAccount} <a href={props.registerPath}>{messages.registration.title}</a>
          </p>
        )}
        {client && <ClientLinks page={page} client={client} />}
        <PasskeySignals signals={shown.signals} />
      </div>
    </Layout>
  )
}

/** Names the requesting application and explains why a signed-in user must sign in again. */
const Reason: FC<SignInPageProps> = ({ step, shown, signedIn }) => {
  const { messages } = shown.page
  const client = shown.client && isolated(shownName(shown.client, shown.redirectUri))
  if (step.kind === 'offer') return null
  if (isAgain(shown.policy) && client) return <p class="lead">{messages.askedAgain(client)}</p>
  return (
    <>
      {client && <p class="lead">{messages.signInTo(client)}</p>}
      {signedIn !== undefined && (
        <p>
          {client
            ? messages.otherAccountWanted(client, isolated(signedIn))
            : messages.signedInAs(isolated(signedIn))}
        </p>
      )}
      {signedIn !== undefined && !client && (
        <p>
          <a href="/account">{messages.toAccount}</a>
        </p>
      )}
    </>
  )
}
