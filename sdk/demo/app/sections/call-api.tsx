import { StepUpRequired, useAuthly } from '@authly-server/react'
import { Fragment, useState } from 'react'
import { note } from '../activity.ts'
import { firstScope } from '../authly.ts'
import { Section } from '../parts/section.tsx'

interface Outcome {
  readonly call: string
  readonly status: number
  /** Of a refusal. */
  readonly challenge?: string | undefined
  readonly notes?: readonly string[] | undefined
  /** What would get it through. */
  readonly remedy?: { readonly scope: string } | { readonly stepUp: StepUpRequired }
}

const writing = 'demo:write'

/** The routes of the API, with what each demands. */
const calls = [
  { method: 'GET', path: '/api/notes', title: 'Read notes', demand: 'needs demo:read' },
  { method: 'POST', path: '/api/notes', title: 'Add a note', demand: 'needs demo:write' },
  {
    method: 'DELETE',
    path: '/api/notes',
    title: 'Delete all notes',
    demand: 'and a sign-in of the last minute',
  },
  { method: 'GET', path: '/api/private-notes', title: 'Read private notes', demand: 'needs a second factor' },
] as const

type Call = (typeof calls)[number]

export function CallApi() {
  const { fetch, scope, signIn } = useAuthly()
  const [outcome, setOutcome] = useState<Outcome>()
  const [isBusy, setBusy] = useState(false)

  const call = async ({ method, path }: Call) => {
    setBusy(true)
    try {
      setOutcome(await send(method, path))
    } catch (error) {
      if (error instanceof StepUpRequired)
        setOutcome({
          ...{ call: `${method} ${path}`, status: 401, challenge: challengeOf(error) },
          remedy: { stepUp: error },
        })
    }
    setBusy(false)
  }

  const send = async (method: string, path: string): Promise<Outcome> => {
    const response = await fetch(path, {
      method,
      ...(method === 'POST'
        ? { body: JSON.stringify({ text: `Note of ${new Date().toLocaleTimeString('en-GB')}` }) }
        : {}),
    })
    const body = (await response.json()) as { notes?: readonly string[]; error?: string; scope?: string }
    return {
      ...{ call: `${method} ${path}`, status: response.status, notes: body.notes },
      challenge: response.headers.get('www-authenticate') ?? undefined,
      ...(body.error === 'insufficient_scope' ? { remedy: { scope: body.scope ?? writing } } : {}),
    }
  }

  /** Everything so far, and what is missing: a sign-in replaces what the page may do. */
  const wanted = (more = '') =>
    [...new Set(`${firstScope} ${scope ?? ''} ${more}`.trim().split(' '))].join(' ')

  const allow = (more: string) => {
    note({ kind: 'event', what: `Asked you for ${more}` })
    void signIn({ scope: wanted(more), returnTo: '/#api' }).catch(() => undefined)
  }
  const signInAgain = ({ acrValues, acrEssential, maxAge }: StepUpRequired) => {
    note({ kind: 'event', what: 'Asked you to sign in again (step-up)' })
    const demand = { acrValues, acrEssential, ...(maxAge === undefined ? {} : { maxAge }) }
    void signIn({ ...demand, scope: wanted(), returnTo: '/#api' }).catch(() => undefined)
  }

  const stepUp = outcome?.remedy && 'stepUp' in outcome.remedy ? outcome.remedy.stepUp : undefined
  return (
    <Section
      id="api"
      title="Call an API"
      lead="Notes of yours, behind four routes. Reading you allowed when you signed in; the others will ask."
    >
      <div className="calls">
        {calls.map((each) => (
          <button key={each.title} type="button" disabled={isBusy} onClick={() => void call(each)}>
            {each.title}
            <small>{each.demand}</small>
          </button>
        ))}
      </div>
      <div className="outcome" role="status">
        {outcome && (
          <>
            <p className="request">
              <code>{outcome.call}</code>
              <span className={outcome.status < 400 ? 'status good' : 'status bad'}>{outcome.status}</span>
            </p>
            {outcome.challenge && (
              <pre>
                <code>
                  <Challenge text={`WWW-Authenticate: ${outcome.challenge}`} />
                </code>
              </pre>
            )}
            {outcome.notes &&
              (outcome.notes.length === 0 ? (
                <p>No notes left.</p>
              ) : (
                <ul className="notes">
                  {outcome.notes.map((text, index) => (
                    <li key={index}>{text}</li>
                  ))}
                </ul>
              ))}
          </>
        )}
      </div>
      {outcome?.remedy && 'scope' in outcome.remedy && (
        <Remedy
          text="The token is good, but does not allow this (403). The application asks you for what is missing, and you decide on the consent page."
          action={`Allow ${writing}`}
          onAct={() => allow(writing)}
        />
      )}
      {stepUp && (
        <Remedy
          text={
            stepUp.acrValues.length > 0
              ? 'A password was enough for everything else, but not for this (RFC 9470): the API names the classes of sign-in that it accepts. The server asks for your second factor, and whoever has none sets one up on the way.'
              : `You signed in too long ago for this (RFC 9470). Whoever walks up to an unlocked computer stops here: the API wants a sign-in of the last ${stepUp.maxAge} seconds.`
          }
          action={stepUp.acrValues.length > 0 ? 'Use a second factor' : 'Sign in again'}
          onAct={() => signInAgain(stepUp)}
        />
      )}
    </Section>
  )
}

/** A parameter on each line; long names may break at their underscores. */
const Challenge = ({ text }: { readonly text: string }) =>
  text
    .replaceAll(/, (?=\w+=)/g, ',\n  ')
    .split(/(?<=_)/)
    .map((part, index) => (
      <Fragment key={index}>
        {index > 0 && <wbr />}
        {part}
      </Fragment>
    ))

interface RemedyProps {
  readonly text: string
  readonly action: string
  readonly onAct: () => void
}

const Remedy = ({ text, action, onAct }: RemedyProps) => (
  <div className="remedy">
    <p>{text}</p>
    <button type="button" className="primary" onClick={onAct}>
      {action}
    </button>
  </div>
)

const challengeOf = ({ code, maxAge, acrValues }: StepUpRequired): string =>
  [
    `DPoP error="${code}"`,
    ...(maxAge === undefined ? [] : [`max_age="${maxAge}"`]),
    ...(acrValues.length > 0 ? [`acr_values="${acrValues.join(' ')}"`] : []),
  ].join(', ')
