/** `x-codeSamples` of an operation: four languages, and several requests where a single one would hide half of it. */
import type { CodeSample, LocatedOperation, OpenApiDocument } from '../openapi-types.ts'
import { curlSample } from './curl.ts'
import { goSample } from './go.ts'
import { javascriptSample } from './javascript.ts'
import { pythonSample } from './python.ts'
import { type SampleRequest, sampleRequest } from './sample-request.ts'
import { wishesOf } from './sample-wishes.ts'

/** `lang` is the name that highlighters use, `label` the one that readers see. */
export const languages: readonly {
  readonly lang: string
  readonly label: string
  readonly render: (request: SampleRequest) => string
}[] = [
  { lang: 'Shell', label: 'curl', render: curlSample },
  { lang: 'JavaScript', label: 'JavaScript', render: javascriptSample },
  { lang: 'Python', label: 'Python', render: pythonSample },
  { lang: 'Go', label: 'Go', render: goSample },
]

/** Empty for operations that only a browser can use: pages, redirects. */
export function codeSamples(located: LocatedOperation, document: OpenApiDocument): readonly CodeSample[] {
  const { operation } = located
  const isForBrowsers = Object.values(operation.responses).some(
    ({ content }) => content?.['text/html'] !== undefined,
  )
  // A WebSocket needs a separate library in every language.
  if (isForBrowsers || '101' in operation.responses) return []
  return wishesOf(operation.operationId as string).flatMap(([purpose, wish]) => {
    const request = sampleRequest(located, document, wish)
    return languages.map(({ lang, label, render }) => ({
      ...{ lang, label: purpose === '' ? label : `${label}: ${purpose}`, source: render(request) },
    }))
  })
}
