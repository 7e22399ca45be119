import { StepUpRequired, useAuthly } from '@authly-server/react'
import { useState } from 'react'
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

export function CallApi() {
  const { fetch, scope, signIn } = useAuthly()
  const [outcome, setOutcome] = useState<Outcome>()
  const [isBusy, setBusy] = useState(false)

  const call = async (method: 'GET' | 'POST' | 'DELETE') => {
    setBusy(true)
    try {
      setOutcome(await send(method))
    } catch (error) {
      if (error instanceof StepUpRequired)
        setOutcome({
          ...{ call: `${method} /api/notes`, status: 401, challenge: challengeOf(error) },
          remedy: { stepUp: error },
        })
    }
    setBusy(false)
  }

  const send = async (method: string): Promise<Outcome> => {
    const response = await fetch('/api/notes', {
      method,
      ...(method === 'POST'
        ? { body: JSON.stringify({ text: `Note of ${new Date().toLocaleTimeString('en-GB')}` }) }
        : {}),
    })
    const body = (await response.json()) as { notes?: readonly string[]; error?: string; scope?: string }
    return {
      ...{ call: `${method} /api/notes`, status: response.status, notes: body.notes },
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
  const signInAgain = ({ acrValues, maxAge }: StepUpRequired) => {
    note({ kind: 'event', what: 'Asked you to sign in again (step-up)' })
    const demand = {
      ...(acrValues.length > 0 ? { acrValues } : {}),
      ...(maxAge === undefined ? {} : { maxAge }),
    }
    void signIn({ ...demand, scope: wanted(), returnTo: '/#api' }).catch(() => undefined)
  }

  return (
    <Section
      id="api"
      title="Call an API"
      lead="Notes of yours, behind three routes. Reading you allowed when you signed in; the others will ask."
    >
      <div className="calls">
        <button type="button" disabled={isBusy} onClick={() => void call('GET')}>
          Read notes
          <small>needs demo:read</small>
        </button>
        <button type="button" disabled={isBusy} onClick={() => void call('POST')}>
          Add a note
          <small>needs demo:write</small>
        </button>
        <button type="button" disabled={isBusy} onClick={() => void call('DELETE')}>
          Delete all notes
          <small>and a sign-in of the last minute</small>
        </button>
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
                <code>WWW-Authenticate: {outcome.challenge}</code>
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
      {outcome?.remedy && 'stepUp' in outcome.remedy && (
        <Remedy
          text={`You signed in too long ago for this (RFC 9470). Whoever walks up to an unlocked computer stops here: the API wants a sign-in of the last ${outcome.remedy.stepUp.maxAge} seconds.`}
          action="Sign in again"
          onAct={() => {
            if (outcome.remedy && 'stepUp' in outcome.remedy) signInAgain(outcome.remedy.stepUp)
          }}
        />
      )}
    </Section>
  )
}

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
