import { AuthlyProvider } from '@authly-server/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { note, watchRequests } from './activity.ts'
import { authly } from './authly.ts'
import { Demo } from './demo.tsx'

watchRequests()
// Before the SDK takes the answer out of the address.
if (location.pathname === '/callback' && location.search !== '')
  note({ kind: 'event', what: 'Came back from the server with an answer' })

createRoot(document.getElementById('app') as HTMLElement).render(
  <StrictMode>
    <AuthlyProvider authly={authly}>
      <Demo />
    </AuthlyProvider>
  </StrictMode>,
)
