/** The documents as a site below `/guide`: static files that load nothing from anybody else. */
import { join } from 'node:path'
import { defineConfig } from 'vitepress'
import { icon } from '../../src/pages/icon.ts'
import { anchorOf } from './anchor.ts'
import { codeTheme, colorsAsClasses } from './code-theme.ts'
import { earlyScripts } from './early-scripts.ts'
import { markdownOfDocuments } from './markdown.ts'
import { sidebar } from './navigation.ts'
import { paletteCss } from './palette-css.ts'

const docs = join(import.meta.dirname, '..')
const mark = `data:image/svg+xml,${encodeURIComponent(icon)}`
const early = earlyScripts('/guide/')

export default defineConfig({
  base: '/guide/',
  lang: 'en',
  title: 'Authly',
  titleTemplate: ':title · Authly',
  description: 'How to add sign-in to an application with Authly, and how to run it',
  cacheDir: join(docs, '../.wrangler/guide-cache'),
  // A file each: the assets of the worker are served by their names.
  cleanUrls: false,
  // What changes with every page stays out of the pages, which keep their names.
  metaChunk: true,
  head: [['link', { rel: 'icon', href: mark }]],
  markdown: {
    theme: codeTheme,
    codeTransformers: [colorsAsClasses],
    anchor: { slugify: anchorOf },
    config: markdownOfDocuments,
  },
  // Of the reader's own application. All other links must lead somewhere.
  ignoreDeadLinks: 'localhostLinks',
  transformHtml: early.transformHtml,
  buildEnd: early.buildEnd,
  vite: { plugins: [paletteCss()], build: { chunkSizeWarningLimit: 2000 } },
  themeConfig: {
    logo: { src: mark, alt: '' },
    search: { provider: 'local' },
    sidebar: sidebar(docs),
    nav: [
      { text: 'Guide', link: '/guide/start', activeMatch: '^/(guide|quickstarts)/' },
      { text: 'Administration', link: '/admin-api', activeMatch: '^/admin-' },
      { text: 'Operations', link: '/deployment' },
      { component: 'ApiLink' },
    ],
    outline: { level: [2, 3] },
    docFooter: { prev: 'Before', next: 'Next' },
    externalLinkIcon: true,
  },
})
