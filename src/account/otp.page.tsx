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
          <a href="/account">{texts.back}</a>
        </p>
      </section>
      {generators.map((generator, index) => (
        <GeneratorCard
          page={page}
          generator={generator}
          index={index}
          timeZone={timeZone}
          problems={problems}
        />
      ))}
    </Layout>
  )
}

/** Field of a generator's name. */
export const nameField = (index: number): string => `name-${index + 1}`

interface GeneratorCardProps {
  readonly page: FormPage
  readonly generator: ListedGenerator
  readonly index: number
  readonly timeZone: string
  readonly problems: readonly Problem[]
}

const GeneratorCard: FC<GeneratorCardProps> = ({ page, generator, index, timeZone, problems }) => {
  const texts = page.messages.oneTimePasswords
  const field = nameField(index)
  const [title, save, remove] = [`app-${index + 1}`, `save-${index + 1}`, `remove-${index + 1}`]
  const problem = problems.find((each) => each.field === field)
  const name = generator.name || texts.usualName
  return (
    <section class="card" aria-labelledby={title}>
      <h2 id={title}>
        <bdi>{name}</bdi>
      </h2>
      <GeneratorFacts page={page} generator={generator} timeZone={timeZone} />
      <form method="post" action="/account/one-time-passwords/rename">
        <HiddenFields page={page} />
        <input type="hidden" name="id" value={generator.id} />
        <div class="field">
          <label for={field}>{texts.nameLabel}</label>
          {problem && (
            <p class="wrong" id={`${field}-problem`}>
              {problem.message}
            </p>
          )}
          <input
            id={field}
            name="name"
            type="text"
            value={name}
            maxlength={maxGeneratorName * 2}
            required
            dir="auto"
            autocomplete="off"
            aria-invalid={problem ? 'true' : undefined}
            aria-describedby={problem ? `${field}-problem` : undefined}
          />
        </div>
        <div class="actions">
          <button type="submit" class="second" id={save} aria-labelledby={`${save} ${title}`}>
            {texts.rename}
          </button>
        </div>
      </form>
      <form method="post" action="/account/one-time-passwords/remove">
        <HiddenFields page={page} />
        <input type="hidden" name="id" value={generator.id} />
        <p class="quiet">{texts.removeText}</p>
        <div class="actions">
          <button type="submit" class="second" id={remove} aria-labelledby={`${remove} ${title}`}>
            {texts.remove}
          </button>
        </div>
      </form>
    </section>
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
  const problem = problems.find(({ field }) => field === 'name')
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
          <div class="field">
            <label for="name">{texts.nameLabel}</label>
            {problem && (
              <p class="wrong" id="name-problem">
                {problem.message}
              </p>
            )}
            <input
              id="name"
              name="name"
              type="text"
              value={name}
              maxlength={maxGeneratorName * 2}
              required
              dir="auto"
              autocomplete="off"
              aria-invalid={problem ? 'true' : undefined}
              aria-describedby={problem ? 'name-problem' : undefined}
            />
          </div>
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
