/** VitePress' own theme, without its fonts, in our colours; the first page is ours. */
import type { Theme } from 'vitepress'
import DefaultTheme from 'vitepress/theme-without-fonts'
import ApiLink from './ApiLink.vue'
import Home from './Home.vue'
import 'virtual:palette.css'
import './style.css'
import './home.css'

export default {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => {
    app.component('ApiLink', ApiLink)
    app.component('GuideHome', Home)
  },
} satisfies Theme
