/** The frame of the steps of making an account. */
import type { FC } from 'hono/jsx'
import type { Client } from '../clients/client.ts'
import { loginPath } from '../login/steps/step-form.tsx'
import { isolated } from '../messages/isolated.ts'
import { ClientLinks } from '../pages/client-links.tsx'
import { shownName } from '../pages/client-name.ts'
import { ErrorSummary } from '../pages/form-parts.tsx'
import { Layout } from '../pages/layout.tsx'
import type { RegistrationPageProps, RegistrationStep } from './steps/registration-step.ts'

interface RegisterPageProps {
  readonly step: RegistrationStep
  readonly shown: RegistrationPageProps
  readonly client: Client | undefined
  /** Of the request, where the person is on the way to an application. */
  readonly redirectUri: string | undefined
}

export const RegisterPage: FC<RegisterPageProps> = ({ step, shown, client, redirectUri }) => {
  const { page, problems, interaction, progress } = shown
  const { messages } = page
  const title = step.title(messages)
  const StepPage = step.page
  const signIn = loginPath({ interaction, next: interaction ? undefined : progress.next, as: 'another' })
  return (
    <Layout page={page} title={title} hasProblem={problems.length > 0}>
      <div class="card">
        <h1>{title}</h1>
        {client && <p class="lead">{messages.signInTo(isolated(shownName(client, redirectUri)))}</p>}
        <ErrorSummary page={page} problems={problems} />
        <StepPage {...shown} />
        <p class="aside">
          {messages.registration.haveAccount} <a href={signIn}>{messages.signInAction}</a>
        </p>
        {client && <ClientLinks page={page} client={client} />}
      </div>
    </Layout>
  )
}
