/** The interface of a step of signing in. A new step is one file here and one line in `index.ts`. */
import type { FC } from 'hono/jsx'
import type { OfferedStep } from '../../authentication/decide-next-step.ts'
