import { describe, expect, it } from 'vitest'
import { readQuickstart } from './quickstart.ts'

const markdown = `---
title: React
minutes: 8
checked: executed
---

# React

\`\`\`sh
# in Authly's folder
npx authly clients create > ../my-app/.env
\`\`\`

\`src/main.ts\`:

\`\`\`ts
console.log('\`src/not-a-file.ts\`:')
\`\`\`

Then:

\`\`\`sh
# runs on: http://localhost:5173
npm run dev
\`\`\`

\`\`\`json
{ "shown": "only" }
\`\`\`
`

describe('a quickstart', () => {
  it('is the steps of its reader, in their order', () => {
    expect(readQuickstart(markdown)).toEqual({
      ...{ title: 'React', minutes: 8, checked: 'executed' },
      steps: [
        {
          ...{ kind: 'commands', where: 'authly', servesAt: [] },
          script: "# in Authly's folder\nnpx authly clients create > ../my-app/.env\n",
        },
        { kind: 'file', path: 'src/main.ts', text: "console.log('`src/not-a-file.ts`:')\n" },
        {
          ...{ kind: 'commands', where: 'application', servesAt: ['http://localhost:5173'] },
          script: '# runs on: http://localhost:5173\nnpm run dev\n',
        },
      ],
    })
  })

  it('must say how long it takes, and how it is checked', () => {
    expect(() => readQuickstart(markdown.replace('checked: executed\n', ''))).toThrow(/checked/)
    expect(() => readQuickstart('# React')).toThrow(/minutes/)
  })
})
