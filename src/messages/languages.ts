/**
 * Languages with a catalogue; published as `ui_locales_supported`. Separate from the catalogues, which only pages
 * load.
 */
export const supportedLanguages = ['en', 'de', 'fr', 'es', 'pt', 'ja', 'ar'] as const

export type LanguageTag = (typeof supportedLanguages)[number]

export const isLanguageTag = (text: string): text is LanguageTag =>
  (supportedLanguages as readonly string[]).includes(text)

/** Each language in its own words: who cannot read this page finds it. */
export const languageNames: Readonly<Record<LanguageTag, string>> = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  pt: 'Português',
  ja: '日本語',
  ar: 'العربية',
}
