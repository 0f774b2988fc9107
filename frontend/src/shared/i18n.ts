import { ref } from 'vue'

/** Chinese first, English complete: a page's `words.zh.ts` decides the keys, its `words.en.ts` must have the same (words.test.ts). */
export type Language = 'zh-CN' | 'en'
export type Words = Record<string, string>
export type Values = Record<string, string | number>

const STORED = 'songjiao.language'

export const language = ref<Language>(firstLanguage())

/** `?lang=en` in the address wins, then the choice kept on this machine, then the browser's own language. */
function firstLanguage(): Language {
  if (typeof location === 'undefined') return 'zh-CN'
  const wish = new URLSearchParams(location.search).get('lang') ?? localStorage.getItem(STORED) ?? navigator.language
  return wish.startsWith('zh') ? 'zh-CN' : 'en'
}

export function setLanguage(next: Language): void {
  language.value = next
  localStorage.setItem(STORED, next)
  showLanguage()
}

/** Tells the document its language, for screen readers and for the right form of Chinese characters. */
export function showLanguage(): void {
  document.documentElement.lang = language.value
}

/** Puts `values` into the `{name}` places of a text, and of `{n:school|schools}` the word for one or for many. An unknown
 *  place stays visible, so that it is found. */
export function fill(text: string, values: Values = {}): string {
  return text.replace(/\{(\w+):([^|}]*)\|([^}]*)\}/g, (_, name: string, one: string, many: string) => (values[name] === 1 ? one : many)).replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place))
}

/** The reading of one page's words; reactive, because it reads `language`. */
export function translator<W extends Words>(zh: W, en: { readonly [K in keyof W]: string }) {
  return (key: keyof W & string, values?: Values): string =>
    fill((language.value === 'zh-CN' ? zh : en)[key] ?? key, values)
}

/** A record that carries both names: `name_zh` is always there, `name_en` often. */
export function either(zh: string, en: string | null | undefined): string {
  return language.value === 'en' && en ? en : zh
}
