/** The sign-in form. */
import type { FC } from 'hono/jsx'
import type { Client } from '../clients/client.ts'
import type { Interaction } from '../interaction/interaction.ts'
import { isolated } from '../messages/isolated.ts'
import { ClientLinks } from '../pages/client-links.tsx'
import { ErrorSummary, Field, HiddenFields, Notice, type Problem } from '../pages/form-parts.tsx'
import { Layout } from '../pages/layout.tsx'
import type { FormPage } from '../pages/page.ts'
import type { LoginMethod } from './methods/login-method.ts'

/** The user already signed in on this browser, and why they must sign in again. */
export interface SignedIn {
  readonly name: string
  readonly because: Interaction['login_because']
}

interface SignInPageProps {
  readonly page: FormPage
  readonly method: LoginMethod
  readonly interaction: string | undefined
  /** The application that asked for the sign-in. */
  readonly client: Client | undefined
  /** Where the user goes after signing in without an application. */
  readonly next: string
  readonly signedIn: SignedIn | undefined
  /** The identifier typed before, or `login_hint`. */
  readonly username: string | undefined
  readonly problems: readonly Problem[]
  /** The person has as many sessions as allowed: signing in ends the one used longest ago. */
  readonly makesRoom?: boolean | undefined
  /** Confirmation of what was done before this page. */
  readonly notice?: string | undefined
}

export const SignInPage: FC<SignInPageProps> = (props) => {
  const { page, method, problems, signedIn } = props
  const { messages } = page
  const isAgain = signedIn?.because === 'again'
  // After a refusal the identifier becomes editable: it may have been changed and no longer sign in.
  const isFixed = isAgain && problems.length === 0
  const username = isAgain && (isFixed || !props.username) ? signedIn.name : props.username
  const title = isAgain ? messages.signInAgainTitle : messages.signInTitle
  const focusable = problems.length > 0 ? -1 : username ? 1 : 0
  return (
    <Layout page={page} title={title} hasProblem={problems.length > 0}>
      <div class="card">
        <h1>{title}</h1>
        <Reason {...props} />
        <Notice message={props.notice} />
        <ErrorSummary page={page} problems={problems} />
        <form method="post" action="/login">
          <HiddenFields page={page} interaction={props.interaction} />
          <input type="hidden" name="method" value={method.id} />
          {!props.interaction && <input type="hidden" name="next" value={props.next} />}
          {props.makesRoom && <input type="hidden" name="make_room" value="yes" />}
          {isAgain && <input type="hidden" name="again" value="yes" />}
          {method.fields.map(({ label, missing: _, ...field }, index) => (
            <Field
              {...field}
              label={label(messages)}
              // A password is never sent back to the browser.
              value={field.autocomplete === 'username' ? username : undefined}
              readonly={isFixed && field.autocomplete === 'username'}
              autofocus={index === focusable}
              problems={problems}
            />
          ))}
          <div class="actions">
            <button type="submit">
              {props.makesRoom ? messages.sessionLimits.action : messages.signInAction}
            </button>
            {isAgain && (
              <a class="button second" href={`/login?interaction=${props.interaction}&as=another`}>
                {messages.useAnotherAccount}
              </a>
            )}
          </div>
        </form>
        {props.client && <ClientLinks page={page} client={props.client} />}
      </div>
    </Layout>
  )
}

/** Names the requesting application and explains why a signed-in user must sign in again. */
const Reason: FC<SignInPageProps> = ({ page: { messages }, signedIn, ...props }) => {
  const client = props.client && isolated(props.client.client_name)
  if (signedIn?.because === 'again' && client) return <p class="lead">{messages.askedAgain(client)}</p>
  return (
    <>
      {client && <p class="lead">{messages.signInTo(client)}</p>}
      {signedIn && (
        <p>
          {client
            ? messages.otherAccountWanted(client, isolated(signedIn.name))
            : messages.signedInAs(isolated(signedIn.name))}
        </p>
      )}
      {signedIn && !client && (
        <p>
          <a href="/account">{messages.toAccount}</a>
        </p>
      )}
    </>
  )
}
