/** What Vite resolves and the compiler cannot. */
declare module '*.vue' {
  import type { DefineComponent } from 'vue'

  const component: DefineComponent
  export default component
}
declare module '*.css'
declare module 'virtual:palette.css'
