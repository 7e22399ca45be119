/** Frameworks whose code runs in the browser. */
import type { Framework, FrameworkUse } from './framework.ts'

const spa = (prefix: string, library = '@authly-server/browser'): FrameworkUse => ({
  ...{ callback: '/callback', prefix, library },
})

export const browserFrameworks = [
  {
    ...{ name: 'react', title: 'React (Vite)', port: 5173, env_file: '.env.local' },
    uses: { spa: spa('VITE_', '@authly-server/react') },
  },
  {
    ...{ name: 'vue', title: 'Vue (Vite)', port: 5173, env_file: '.env.local' },
    uses: { spa: spa('VITE_') },
  },
  {
    ...{ name: 'svelte', title: 'Svelte (Vite)', port: 5173, env_file: '.env.local' },
    uses: { spa: spa('VITE_') },
  },
  {
    ...{ name: 'vite', title: 'No framework (Vite)', port: 5173, env_file: '.env.local' },
    uses: { spa: spa('VITE_') },
  },
  {
    ...{ name: 'angular', title: 'Angular', port: 4200, env_file: '.env' },
    uses: {
      spa: {
        ...spa('NG_APP_'),
        note: 'Angular reads no .env by itself: @ngx-env/builder does, or copy the values to environment.ts.',
      },
    },
  },
] as const satisfies readonly Framework[]
