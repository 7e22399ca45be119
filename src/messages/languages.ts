/**
 * Languages with a catalogue; published as `ui_locales_supported`. Separate from the catalogues, which only pages
 * load.
 */
export const supportedLanguages = ['en', 'de', 'fr', 'es', 'pt', 'ja', 'ar'] as const

export type LanguageTag = (typeof supportedLanguages)[number]

export const isLanguageTag = (text: string): text is LanguageTag =>
  (supportedLanguages as readonly string[]).includes(text)
