import { AuthlyProvider } from '@authly-server/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { watchRequests } from './activity.ts'
import { authly } from './authly.ts'
import { Demo } from './demo.tsx'

watchRequests()

createRoot(document.getElementById('app') as HTMLElement).render(
  <StrictMode>
    <AuthlyProvider authly={authly}>
      <Demo />
    </AuthlyProvider>
  </StrictMode>,
)
