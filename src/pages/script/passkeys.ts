/** Passkey ceremonies: each fills in a form's `credential` and sends it. */
import { formatCredential, parseCreation, parseRequest } from './credential-json.ts'
import { problemOf } from './problem-of.ts'

/** The autofill request that waits for the person. A browser runs one ceremony at a time. */
let waiting: { readonly controller: AbortController; readonly settled: Promise<unknown> } | undefined

/** Password managers that stand in for the browser may never answer an abort. */
const abortPatienceMs = 500

export function startPasskeys(): void {
  for (const form of passkeyForms()) {
    for (const element of form.querySelectorAll<HTMLElement>('[data-passkey-button]')) element.hidden = false
    for (const element of form.querySelectorAll<HTMLElement>('[data-without-passkeys]')) element.hidden = true
    let isAsking = false
    form.addEventListener('submit', async (event) => {
      event.preventDefault()
      if (isAsking) return
      isAsking = true
      await ask(form)
      isAsking = false
    })
  }
  startWaiting()
  // The browser ended the request of a page that it took back from its cache.
  addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return
    stopWaiting()
    startWaiting()
  })
}

const passkeyForms = () => document.querySelectorAll<HTMLFormElement>('form[data-passkey]')

function startWaiting(): void {
  for (const form of passkeyForms()) {
    if (form.dataset['mediation'] === 'conditional') wait(form).catch(() => undefined)
  }
}

/**
 * Offers passkeys in the autofill of the identifier, or adds one unasked where the browser allows that after a
 * password was filled in. Failures are silent, because the person has asked for nothing yet.
 */
async function wait(form: HTMLFormElement): Promise<void> {
  const isPossible =
    form.dataset['passkey'] === 'create'
      ? (await PublicKeyCredential.getClientCapabilities?.())?.['conditionalCreate']
      : await PublicKeyCredential.isConditionalMediationAvailable?.()
  if (!isPossible || waiting) return
  const controller = new AbortController()
  const settled = run(form, controller.signal, { mediation: 'conditional' }).catch(() => undefined)
  waiting = { controller, settled }
}

async function stopWaiting(): Promise<void> {
  if (!waiting) return
  const { controller, settled } = waiting
  waiting = undefined
  controller.abort()
  await Promise.race([settled, new Promise((resolve) => setTimeout(resolve, abortPatienceMs))])
}

/** The person pressed the button. */
async function ask(form: HTMLFormElement): Promise<void> {
  const startedAt = performance.now()
  show(form, undefined)
  await stopWaiting()
  try {
    await run(form, new AbortController().signal)
  } catch (error) {
    const { timeout = Number.POSITIVE_INFINITY } = JSON.parse(optionsOf(form))
    show(form, problemOf(error, performance.now() - startedAt >= timeout))
    startWaiting()
  }
}

async function run(
  form: HTMLFormElement,
  signal: AbortSignal,
  mediation: Pick<CredentialRequestOptions, 'mediation'> = {},
): Promise<void> {
  const { credentials } = navigator
  const credential =
    form.dataset['passkey'] === 'create'
      ? await credentials.create({ ...parseCreation(optionsOf(form)), ...mediation, signal })
      : await credentials.get({ ...parseRequest(optionsOf(form)), ...mediation, signal })
  if (!credential || signal.aborted) return
  const field = form.elements.namedItem('credential') as HTMLInputElement
  field.value = formatCredential(credential as PublicKeyCredential)
  form.submit()
}

const optionsOf = (form: HTMLFormElement): string => form.dataset['options'] ?? '{}'

/** Shows the text that the page brought for a problem, or none. */
function show(form: HTMLFormElement, problem: string | undefined): void {
  const place = form.querySelector<HTMLElement>('[data-passkey-problem]')
  if (!place) return
  place.textContent = problem === undefined ? '' : (place.dataset[problem] ?? '')
  place.hidden = problem === undefined
}
