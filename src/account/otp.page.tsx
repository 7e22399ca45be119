/** The person's authenticator apps: add one, name them, remove one. Plain forms. */
import type { FC } from 'hono/jsx'
import { formatTime } from '../messages/format-time.ts'
import { type ListedGenerator, maxGeneratorName, maxGenerators } from '../one-time-passwords/generator.ts'
import type { DrawnCodes } from '../one-time-passwords/manage-recovery-codes.ts'
import { ErrorSummary, HiddenFields, Notice, type Problem } from '../pages/form-parts.tsx'
import { Layout } from '../pages/layout.tsx'
import { OtpEnrolment, type ShownEnrolment } from '../pages/otp-enrolment.tsx'
import type { FormPage, Page } from '../pages/page.ts'
import { RecoveryCodeList } from '../pages/recovery-code-list.tsx'
import { FactorCard } from './factor-card.tsx'
import { NameField } from './name-field.tsx'

interface OtpPageProps {
  readonly page: FormPage
  readonly generators: readonly ListedGenerator[]
  readonly timeZone: string
  readonly notice: string | undefined
  readonly problems: readonly Problem[]
}

export const OtpPage: FC<OtpPageProps> = ({ page, generators, timeZone, notice, problems }) => {
  const texts = page.messages.oneTimePasswords
  return (
    <Layout page={page} title={texts.section} wide hasProblem={problems.length > 0}>
      <section class="card">
        <h1>{texts.section}</h1>
        <Notice message={notice} />
        <ErrorSummary page={page} problems={problems} />
        <p>{texts.text}</p>
        {generators.length >= maxGenerators ? (
          <p>{texts.full(maxGenerators)}</p>
        ) : (
          <div class="actions">
            <a class="button" href="/account/one-time-passwords/add">
              {texts.add}
            </a>
          </div>
        )}
        <p>
          <a href="/account/security">{texts.back}</a>
        </p>
      </section>
      {generators.map((generator, index) => (
        <FactorCard
          kind="app"
          path="/account/one-time-passwords"
          hidden={{ field: 'id', value: generator.id }}
          name={generator.name || texts.usualName}
          maxlength={maxGeneratorName * 2}
          {...{ page, index, texts, problems }}
        >
          <GeneratorFacts page={page} generator={generator} timeZone={timeZone} />
        </FactorCard>
      ))}
    </Layout>
  )
}

interface GeneratorFactsProps {
  readonly page: Page
  readonly generator: ListedGenerator
  readonly timeZone: string
}

/** How a generator makes its codes, and when it was set up and used. */
export const GeneratorFacts: FC<GeneratorFactsProps> = ({ page, generator, timeZone }) => {
  const texts = page.messages.oneTimePasswords
  const time = (at: number) => formatTime(page.language.tag, at, timeZone)
  const { kind, period_seconds, created_at, last_used_at } = generator
  return (
    <>
      <p class="quiet">{kind === 'hotp' ? texts.withCounter : texts.everySeconds(period_seconds ?? 30)}</p>
      <p class="quiet">
        {texts.createdAt(time(created_at))}
        {' · '}
        {last_used_at === null ? texts.neverUsed : texts.lastUsedAt(time(last_used_at))}
      </p>
    </>
  )
}

interface AddOtpPageProps {
  readonly page: FormPage
  readonly enrolment: ShownEnrolment
  /** For whoever has none yet: they are valid with the app. */
  readonly drawn: DrawnCodes | undefined
  readonly issuer: string
  readonly account: string
  /** As typed before. */
  readonly name: string
  readonly problems: readonly Problem[]
}

export const AddOtpPage: FC<AddOtpPageProps> = (props) => {
  const { page, enrolment, drawn, issuer, account, name, problems } = props
  const texts = page.messages.oneTimePasswords
  return (
    <Layout page={page} title={texts.addTitle} hasProblem={problems.length > 0}>
      <section class="card">
        <h1>{texts.addTitle}</h1>
        <ErrorSummary page={page} problems={problems} />
        <form method="post" action="/account/one-time-passwords/add">
          <HiddenFields page={page} />
          {drawn && (
            <>
              <h2>{page.messages.recoveryCodes.title}</h2>
              <RecoveryCodeList page={page} drawn={drawn} issuer={issuer} account={account} />
              <h2>{texts.usualName}</h2>
            </>
          )}
          <OtpEnrolment page={page} enrolment={enrolment} problems={problems} />
          <NameField
            id="name"
            label={texts.nameLabel}
            value={name}
            maxlength={maxGeneratorName * 2}
            problems={problems}
          />
          <div class="actions">
            <button type="submit">{texts.confirm}</button>
            <a class="button second" href="/account/one-time-passwords">
              {page.messages.cancel}
            </a>
          </div>
        </form>
      </section>
    </Layout>
  )
}
