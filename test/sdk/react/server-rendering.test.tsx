/** Rendering where there is no page. */
import {
  AuthlyProvider,
  createAuthly,
  RequireSignIn,
  SignedIn,
  SignedOut,
  useAuthly,
} from '@authly-server/react'
import { renderToString } from 'react-dom/server'
import { describe, expect, it } from 'vitest'

const authly = createAuthly({ issuer: 'https://auth.example', clientId: 'garden' })

function Status() {
  const { status, user } = useAuthly()
  return <p>{`${status} ${user}`}</p>
}

describe('on a server', () => {
  it('a page says that it does not know yet, and shows what belongs to nobody', () => {
    expect(globalThis).not.toHaveProperty('document')
    const html = renderToString(
      <AuthlyProvider authly={authly}>
        <Status />
        <SignedIn>inside</SignedIn>
        <SignedOut>outside</SignedOut>
        <RequireSignIn loading={<i>a moment</i>}>secret</RequireSignIn>
      </AuthlyProvider>,
    )
    expect(html).toBe('<p>loading undefined</p><i>a moment</i>')
  })

  it('start does nothing', async () => {
    expect(await authly.start()).toEqual({ status: 'loading' })
  })

  it('a hook outside of the provider says so', () => {
    expect(() => renderToString(<Status />)).toThrow('<AuthlyProvider>')
  })
})
