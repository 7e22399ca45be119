import { AuthlyError, type SignInOptions } from '@authly-server/core'
import { redirect } from '../answers.ts'
import type { Route } from './route.ts'
import { readReturnTo, type Transaction } from './transactions.ts'

/** `GET /auth/login`: to Authly. A link to it may ask for a place to return to and for a stronger sign-in. */
export const login: Route = {
  path: 'login',
  method: 'GET',
  serve: async ({ configuration, provider, transactions }, request, cookies) => {
    const { baseUrl, paths, scope, resources } = configuration
    const { searchParams } = new URL(request.url)
    const home = `${baseUrl.path}/`
    const returnTo = readReturnTo(searchParams.get('returnTo'), baseUrl.origin, home)
    const options = readOptions(searchParams)
    const redirectUri = baseUrl.origin + baseUrl.path + paths.callback
    const { url, transaction } = await provider.authorize(redirectUri, {
      ...options,
      scope,
      ...(resources.length > 0 ? { resource: resources } : {}),
    })
    const kept: Transaction = {
      ...transaction,
      returnTo,
      ...(options.acrValues ? { acrValues: options.acrValues } : {}),
    }
    return redirect(url, await transactions.begin(kept, cookies), baseUrl.isSecure)
  },
}

const prompts = ['login', 'consent', 'select_account', 'create'] as const

/** What an address may ask for. The rest, such as scopes, is the application's to decide, not of who made the link. */
function readOptions(parameters: URLSearchParams): Omit<SignInOptions, 'scope' | 'resource'> {
  const words = (name: string) => parameters.get(name)?.split(' ').filter(Boolean)
  const prompt = parameters.get('prompt')
  const known = prompts.find((each) => each === prompt)
  if (prompt !== null && known === undefined) throw invalid('prompt')
  const maxAge = parameters.get('max_age')
  if (maxAge !== null && !/^\d{1,9}$/.test(maxAge)) throw invalid('max_age')
  const [acrValues, uiLocales, loginHint] = [
    words('acr_values'),
    words('ui_locales'),
    parameters.get('login_hint'),
  ]
  return {
    ...(known === undefined ? {} : { prompt: known }),
    ...(maxAge === null ? {} : { maxAge: Number(maxAge) }),
    // Needed, since the callback takes no weaker sign-in: a wish is passed over for who has no factor, again and again.
    ...(acrValues?.length ? { acrValues, acrEssential: true } : {}),
    ...(uiLocales?.length ? { uiLocales } : {}),
    ...(loginHint ? { loginHint } : {}),
  }
}

const invalid = (name: string) => new AuthlyError('invalid_request', { description: `${name} is not valid` })
